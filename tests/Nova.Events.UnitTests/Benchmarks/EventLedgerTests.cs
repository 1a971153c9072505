using System.Text;
using Nova.Events.Benchmarks.Latency;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Benchmarks;

public sealed class EventLedgerTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(60_000_000)]
    public void The_text_of_an_id_gives_the_number_back(int number)
    {
        EventLedger.IdOf(number).Version.ShouldBe(7);
        EventLedger.NumberOf(Encoding.ASCII.GetBytes(EventLedger.IdOf(number).ToString())).ShouldBe(number);
    }

    [Fact]
    public void A_foreign_id_is_refused() => Should.Throw<FormatException>(() => EventLedger.NumberOf("post-42"u8));

    [Fact]
    public void An_event_that_is_there_before_its_writer_hears_of_the_commit_took_no_time()
    {
        var ledger = new EventLedger(1);
        ledger.Receive(0);
        ledger.Commit(0);
        ledger.Latencies(0, 1).ShouldBe([TimeSpan.Zero]);
    }

    [Fact]
    public void A_repeat_counts_once_and_leaves_the_first_receipt()
    {
        var ledger = new EventLedger(2);
        ledger.Commit(0);
        ledger.Receive(0);
        var first = ledger.Latencies(0, 1).Single();
        ledger.Receive(0);
        (ledger.Received, ledger.Latencies(0, 1).Single()).ShouldBe((1, first));
    }
}
