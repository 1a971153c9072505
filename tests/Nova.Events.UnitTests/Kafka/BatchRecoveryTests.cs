using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Consuming.Sink;
using Nova.Events.Kafka.Consuming.Sink.Redriven;
using Nova.Events.Kafka.Consuming.State;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class BatchRecoveryTests
{
    private const int Letters = 3_000;
    private const string RetryTopic = "sink.retry";
    private static readonly SinkRoute Route = SinkRoute.OfRetries([new SinkRoute(_ => true, new RecordedTable("table"))], RetryTopic);

    /// <summary>The first and the last letter are copies of one record: whoever reads the first piece alone does not know that the first is one.</summary>
    [Fact]
    public async Task Each_piece_of_a_range_that_was_cut_is_made_again_by_whoever_reads_it_alone()
    {
        var log = Enumerable.Range(0, Letters).Select(static offset => LetterOf(offset, offset % (Letters - 1))).ToList();
        var pieces = await PrepareAsync(log, CommittedState.Empty);
        pieces.Count.ShouldBeGreaterThan(1);
        foreach (var piece in pieces)
        {
            var committed = CommittedState.Parse(piece.Intended.ToText(piece.Range.First)!, piece.Range.First);
            var again = (await PrepareAsync([.. log.Where(letter => letter.Offset >= piece.Range.First && letter.Offset <= piece.Range.Last)], committed)).ShouldHaveSingleItem();
            (again.IsCommitted, again.Token, again.Encoded.Checksum).ShouldBe((true, piece.Token, piece.Encoded.Checksum));
        }

        // Every second place has its row.
        pieces.Sum(static piece => piece.Encoded.Rows).ShouldBe((Letters - 1) / 2);
    }

    private static async Task<List<PreparedBatch>> PrepareAsync(List<ConsumedRecord> log, CommittedState state)
    {
        var (kafka, options) = (new KafkaOptions(), new SinkConsumerOptions { Group = "sink" });
        using var letters = new DeadLetterWriter(kafka, options, NullLogger.Instance, TimeProvider.System);
        using var session = new SinkSession(options, new TopicReader(kafka), letters, NullLogger.Instance, TimeProvider.System);
        var recovery = new BatchRecovery(new TopicPartition(RetryTopic, 0), Route, new EverySecond(), session);
        await recovery.BeginAsync(log[0].Offset, state, CancellationToken.None);
        var records = RecordBatch.Of(log);
        var repeats = LetterCopies.AllButLast(records);
        var none = CommittedState.Empty.Positions;
        var judged = new JudgedRange(new OffsetRange(RetryTopic, 0, log[0].Offset, log[^1].Offset), repeats, none, none, FlushReason.Age);
        var pieces = new List<PreparedBatch>();
        await foreach (var piece in recovery.PrepareAsync(judged, records.Where(record => !repeats.Contains(record.Offset)), CancellationToken.None)) pieces.Add(piece);
        return pieces;
    }

    private static ConsumedRecord LetterOf(long offset, int original) => new()
    {
        Topic = RetryTopic,
        Partition = 0,
        Offset = offset,
        Timestamp = DateTimeOffset.UnixEpoch,
        Headers =
        [
            new("dlq-id", "1"u8.ToArray()), new("dlq-topic", "t"u8.ToArray()), new("dlq-partition", "0"u8.ToArray()),
            new("dlq-offset", System.Text.Encoding.UTF8.GetBytes($"{original}")), new("dlq-timestamp", "0"u8.ToArray()),
        ],
    };

    private sealed class EverySecond : IHeldRows
    {
        public Task<HeldRows> HeldAsync(JudgedRange judged, RecordBatch kept, CancellationToken cancellationToken)
        {
            var held = new List<long>();
            foreach (var record in kept)
                if (record.Offset >= judged.Range.First && record.Offset <= judged.Range.Last && OriginalPlace.Of(record)!.Value.Offset % 2 == 0) held.Add(record.Offset);
            return Task.FromResult(new HeldRows(OffsetSpans.Of(held), []));
        }
    }
}
