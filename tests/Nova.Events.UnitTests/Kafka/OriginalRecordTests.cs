using System.Text;
using Confluent.Kafka;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Consuming.Sink.Redriven;
using Nova.Events.Kafka.Topology;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class OriginalRecordTests
{
    private const string Group = "sink";

    [Fact]
    public void A_record_is_what_it_was_after_any_number_of_failures()
    {
        var original = new ConsumedRecord
        {
            Topic = "outbox.event.like",
            Partition = 3,
            Offset = 1L << 40,
            Timestamp = DateTimeOffset.UnixEpoch.AddMilliseconds(1_700_000_000_123),
            Key = [0, 255],
            Value = [.. Enumerable.Range(0, 9_000).Select(static number => (byte)number)],
            Headers = [new("id", "7"u8.ToArray()), new("null", null), new("empty", []), new("position", "main@1"u8.ToArray()), new("twice", [1]), new("twice", [2])],
        };
        var retried = Redriven(original, attempts: 1);
        for (var attempts = 2; attempts < 5; attempts++)
        {
            new OriginalRecord().Of(retried.View())!.Value.Bytes.ToArray().ShouldBe(original.View().Bytes.ToArray());
            OriginalPlace.Of(retried.View()).ShouldBe(new OriginalPlace("outbox.event.like", 3, 1L << 40, 1_700_000_000_123));
            retried = Redriven(retried, attempts);
        }
    }

    [Fact]
    public void A_tombstone_without_a_key_stays_one_and_memory_is_used_again()
    {
        var record = new OriginalRecord();
        foreach (var value in new byte[]?[] { new byte[100_000], null, [], [1] })
        {
            var original = record.Of(Redriven(new ConsumedRecord { Topic = "t", Partition = 0, Offset = 5, Timestamp = DateTimeOffset.UnixEpoch, Value = value }, attempts: 1).View())!.Value;
            (original.HasKey, original.IsTombstone, original.Value.Length, original.Topic, original.Offset).ShouldBe((false, value is null, value?.Length ?? 0, "t", 5));
        }
    }

    [Theory]
    [InlineData("dlq-id", null)]
    [InlineData("dlq-topic", null)]
    [InlineData("dlq-topic", "")]
    [InlineData("dlq-topic", "no topic")]
    [InlineData("dlq-topic", "..")]
    [InlineData("dlq-partition", "x")]
    [InlineData("dlq-partition", "-1")]
    [InlineData("dlq-partition", "2147483648")]
    [InlineData("dlq-offset", "-1")]
    [InlineData("dlq-offset", "9223372036854775808")]
    [InlineData("dlq-offset", "1 ")]
    [InlineData("dlq-timestamp", null)]
    public void Without_a_place_there_is_no_original(string header, string? value)
    {
        var retried = Redriven(new ConsumedRecord { Topic = "t", Partition = 0, Offset = 5, Timestamp = DateTimeOffset.UnixEpoch }, attempts: 1);
        var headers = retried.Headers.Where(known => known.Name != header).ToList();
        if (value is not null) headers.Add(new(header, Encoding.UTF8.GetBytes(value)));
        new OriginalRecord().Of(Copy(retried, retried.Topic, headers).View()).ShouldBeNull();
    }

    [Fact]
    public void Headers_that_a_producer_put_there_itself_do_not_move_a_record()
    {
        var forged = new ConsumedRecord
        {
            Topic = "t", Partition = 1, Offset = 5, Timestamp = DateTimeOffset.UnixEpoch, Headers = [new("dlq-topic", "other"u8.ToArray()), new("dlq-offset", "9"u8.ToArray()), new("dlq-id", "x"u8.ToArray())],
        };
        OriginalPlace.Of(Redriven(forged, attempts: 1).View()).ShouldBe(new OriginalPlace("t", 1, 5, 0));
    }

    [Fact]
    public void A_reason_of_any_length_leaves_a_dead_letter_that_its_topic_takes()
    {
        var record = new ConsumedRecord { Topic = new string('t', 249), Partition = int.MaxValue, Offset = long.MaxValue, Timestamp = DateTimeOffset.MaxValue };
        var message = SetAsideMessage.Of(new string('g', 249), record, new string('\u20AC', 1_000_000), new string('E', 1_000_000), int.MaxValue, retryDelay: null);
        message.Headers.Sum(header => header.Key.Length + header.GetValueBytes().Length + 10).ShouldBeLessThan(TopicSpecification.DeadLetterHeadroom);
    }

    [Fact]
    public void Of_copies_the_last_counts()
    {
        var letter = Redriven(new ConsumedRecord { Topic = "t", Partition = 0, Offset = 5, Timestamp = DateTimeOffset.UnixEpoch }, attempts: 1);
        var other = Redriven(new ConsumedRecord { Topic = "t", Partition = 0, Offset = 6, Timestamp = DateTimeOffset.UnixEpoch }, attempts: 1);
        var batch = RecordBatch.Of([At(letter, 10), At(other, 11), At(letter, 12), At(letter, 15), At(Copy(letter, letter.Topic, []), 16), At(Copy(letter, letter.Topic, []), 17)]);
        LetterCopies.AllButLast(batch).Spans.ShouldBe([(10, 10), (12, 12)]);
    }

    /// <summary>Given up, and written to the retry topic by a redrive.</summary>
    private static ConsumedRecord Redriven(ConsumedRecord record, int attempts)
    {
        var message = SetAsideMessage.Of(Group, record, "reason", exceptionType: null, attempts, retryDelay: null);
        return Copy(record, Topics.Retry(Group), [.. message.Headers.Select(static header => new RecordHeader(
            header.Key == HeaderNames.Position ? HeaderNames.OriginalPosition : header.Key, header.GetValueBytes()))]);
    }

    private static ConsumedRecord At(ConsumedRecord record, long offset) => Copy(record, record.Topic, record.Headers, offset);

    private static ConsumedRecord Copy(ConsumedRecord record, string topic, IReadOnlyList<RecordHeader> headers, long offset = 0) => new()
    {
        Topic = topic, Partition = 0, Offset = offset, Timestamp = DateTimeOffset.UnixEpoch.AddYears(9), Key = record.Key, Value = record.Value, Headers = headers,
    };
}
