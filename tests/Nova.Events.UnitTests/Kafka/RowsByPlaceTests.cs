using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Consuming.Sink;
using Nova.Events.Kafka.Consuming.Sink.Redriven;
using Nova.Events.Kafka.Consuming.State;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class RowsByPlaceTests
{
    /// <summary>A copy in the range before it may be on its way into the table, which does not know of it yet.</summary>
    [Fact]
    public async Task The_table_is_asked_once_everything_below_the_range_is_in()
    {
        var (kafka, options, committed) = (new KafkaOptions(), new SinkConsumerOptions { Group = "sink" }, new CommitMark(7));
        var table = new AskedTable(committed);
        using var letters = new DeadLetterWriter(kafka, options, NullLogger.Instance, TimeProvider.System);
        using var session = new SinkSession(options, new TopicReader(kafka), letters, NullLogger.Instance, TimeProvider.System);
        var rows = new RowsByPlace(new RetryTarget([new SinkRoute(_ => true, table)], Topics.Retry("sink")), committed, session, CancellationToken.None);
        var range = new JudgedRange(new OffsetRange(Topics.Retry("sink"), 0, 10, 12), OffsetSpans.None, ImmutableSortedDictionary<string, Position>.Empty, ImmutableSortedDictionary<string, Position>.Empty, FlushReason.Age);

        var held = rows.HeldAsync(range, RecordBatch.Of([]), CancellationToken.None);
        table.AskedAt.ShouldBeNull();
        committed.Move(9);
        committed.Move(10);
        (await held.WaitAsync(TimeSpan.FromSeconds(30))).Offsets.IsEmpty.ShouldBeTrue();
        table.AskedAt.ShouldBe(10);
    }

    private sealed class AskedTable(CommitMark committed) : IBatchSink
    {
        /// <summary>How far was committed then; null until it is asked.</summary>
        public long? AskedAt { get; private set; }

        public string Name => "table";

        public IBatchEncoder NewBatch() => throw new NotSupportedException();

        public Task<InsertOutcome> InsertAsync(EncodedBatch batch, string token, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<RejectedRecord>> FindRefusedAsync(OffsetRange range, RecordBatch records, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task WaitForInsertsAsync(string tokenPrefix, CancellationToken cancellationToken)
        {
            AskedAt = committed.Offset;
            return Task.CompletedTask;
        }

        public Task<long?> HighestOffsetAsync(string topic, int partition, long fromOffset, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<StoredRow>> StoredAsync(OffsetRange range, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<StoredRow>> StoredAsync(string topic, int partition, IReadOnlyCollection<long> offsets, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
