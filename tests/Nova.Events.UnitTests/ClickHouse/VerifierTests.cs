using Nova.Events.ClickHouse.Blocks;
using Nova.Events.ClickHouse.Verification;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.UnitTests.Kafka;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.ClickHouse;

public sealed class VerifierTests
{
    private readonly Guid[] _ids = [.. Enumerable.Range(0, 5).Select(_ => Guid.CreateVersion7())];

    [Fact]
    public async Task A_log_that_holds_what_was_written_is_ok_repeats_and_all()
    {
        var report = await ReadAsync(Log([0, 1, 2, 2, 3, 4]));
        report.Ok.ShouldBeTrue();
        (report.Expected, report.Present, report.Repeats).ShouldBe((5, 5, 1));
    }

    [Fact]
    public async Task A_lost_event_is_missing()
    {
        var report = await ReadAsync(Log([0, 1, 3, 4]));
        report.Ok.ShouldBeFalse();
        report.Missing.ShouldBe(1);
        report.Examples.ShouldHaveSingleItem().ShouldContain(_ids[2].ToString());
    }

    [Fact]
    public async Task An_event_under_two_positions_is_doubled()
    {
        var report = await ReadAsync([.. Log([0, 1, 2, 3, 4]), Records.At(9, _ids[1].ToString(), Position.Of(1, 99, 0), key: "other")]);
        report.Ok.ShouldBeFalse();
        report.Doubled.ShouldBe(1);
    }

    [Fact]
    public async Task A_version_below_an_earlier_one_of_its_key_is_out_of_order()
    {
        RecordView[] log =
        [
            Records.At(0, _ids[0].ToString(), Position.Of(1, 1, 0), version: 2), Records.At(1, _ids[1].ToString(), Position.Of(1, 2, 0), version: 1),
            .. Log([2, 3, 4]),
        ];
        var report = await ReadAsync(log);
        report.Ok.ShouldBeFalse();
        report.OutOfOrder.ShouldBe(1);
    }

    [Fact]
    public async Task An_event_behind_a_later_one_is_missing_because_the_rule_leaves_it_out()
    {
        var report = await ReadAsync(Log([0, 2, 1, 3, 4]));
        report.Ok.ShouldBeFalse();
        report.Missing.ShouldBe(1);
    }

    [Theory]
    [InlineData("not json", "The payload is not JSON.")]
    [InlineData("{} {}", "The payload is not JSON.")]
    [InlineData(null, null)]
    [InlineData("{\"post_id\": 1}", null)]
    public void A_payload_must_be_json_and_may_be_a_tombstone(string? value, string? reason)
    {
        var rows = new DomainEventEncoder().NewBlock();
        rows.TryWrite(Records.At(1, _ids[0].ToString(), Position.Of(1, 1, 0), value, type: "NobodyKnowsIt")).ShouldBe(reason);
        rows.Block.Dispose();
    }

    [Fact]
    public void A_record_without_a_readable_id_is_refused()
    {
        var rows = new DomainEventEncoder().NewBlock();
        rows.TryWrite(Records.At(1)).ShouldBe("The record has no id header.");
        rows.TryWrite(Records.At(1, "x")).ShouldBe("The id header is not a UUID.");
        rows.Block.Dispose();
    }

    private RecordView[] Log(int[] events) =>
        [.. events.Select((number, offset) => Records.At(offset + 10, _ids[number].ToString(), Position.Of(1, (ulong)number + 10, 0)))];

    private async Task<HopReport> ReadAsync(IEnumerable<RecordView> log)
    {
        var verifier = new LogVerifier();
        await verifier.ExpectAsync(Records.Async(_ids.Select(id => new WrittenEvent(id, "like", "k"))), CancellationToken.None);
        await verifier.ReadAsync(Records.Async(log.Select(record => record.ToOwned())), CancellationToken.None);
        return verifier.Finish();
    }
}
