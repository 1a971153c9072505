using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Sink;
using Nova.Events.Kafka.Consuming.Sink.Redriven;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class RetryTargetTests
{
    private static readonly OffsetRange Range = new("sink.retry", 0, 0, 9);
    private readonly RecordedTable _first = new("first");
    private readonly RecordedTable _second = new("second");

    /// <summary>The first table's insert may have taken so long that the partition is another's by now.</summary>
    [Fact]
    public async Task The_gate_is_asked_before_each_tables_insert()
    {
        var (target, batch, asked) = (Target(), Batch(), 0);
        await Should.ThrowAsync<InvalidOperationException>(() => RetryTarget.InsertMissingAsync(batch, "token", () => { if (++asked == 2) throw new InvalidOperationException("closed"); }, CancellationToken.None));
        (_first.Tokens.Count, _second.Tokens.Count).ShouldBe((1, 0));

        // Another attempt brings in what is missing, and nothing else.
        (await target.InsertAsync(batch, "token", CancellationToken.None)).Kind.ShouldBe(InsertOutcomeKind.Acknowledged);
        (_first.Tokens, _second.Tokens).ShouldSatisfyAllConditions(both => both.Item1.ShouldBe(["token@first"]), both => both.Item2.ShouldBe(["token@second"]));
    }

    private RetryTarget Target() => new([new SinkRoute(topic => topic == "a", _first), new SinkRoute(topic => topic == "b", _second)], "sink.retry");

    private EncodedBatch Batch() => new RetriedRows([(_first, new EncodedBatch(Range, [], 1, 1)), (_second, new EncodedBatch(Range, [], 1, 2))]).Together(Range);
}
