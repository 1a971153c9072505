using System.Globalization;

namespace Nova.Events.Benchmarks.Wal;

/// <summary>What a bench finds in the WAL.</summary>
/// <param name="Events">How many events.</param>
/// <param name="EventsEach">Events of one transaction.</param>
/// <param name="TableLess">True for logical messages without a row.</param>
internal sealed record WalContent(long Events, long EventsEach, bool TableLess)
{
    private const int MaxWriters = 4;

    /// <summary>Database and slot of this content, the same from run to run.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"bench_{(TableLess ? "messages" : "rows")}_{Events}_by_{EventsEach}");

    public string Procedure => TableLess ? "bench.write_messages" : "bench.write_rows";

    /// <summary>First event and number of events of each writer; a transaction is never split.</summary>
    public IEnumerable<(long First, long Events)> Shares()
    {
        var transactions = (Events + EventsEach - 1) / EventsEach;
        var each = (transactions + MaxWriters - 1) / MaxWriters * EventsEach;
        for (var first = 0L; first < Events; first += each) yield return (first, Math.Min(each, Events - first));
    }
}
