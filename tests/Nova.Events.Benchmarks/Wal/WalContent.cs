using System.Globalization;

namespace Nova.Events.Benchmarks.Wal;

/// <summary>What a bench finds in the WAL.</summary>
/// <param name="Events">How many events.</param>
/// <param name="EventsEach">Events of one transaction.</param>
/// <param name="Kind">What they are.</param>
internal sealed record WalContent(long Events, long EventsEach, WalKind Kind)
{
    private const int MaxWriters = 4;

    /// <summary>Rows of the table that is updated.</summary>
    private const long UpdatedRows = 100_000;

    /// <summary>Database and slot of this content, the same from run to run.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"bench_{Kind.ToString().ToLowerInvariant()}_{Events}_by_{EventsEach}");

    public string Procedure => $"bench.write_{Kind.ToString().ToLowerInvariant()}";

    /// <summary>What must be there before the first event; null for nothing.</summary>
    public string? Setup => Kind == WalKind.Updates ? string.Create(CultureInfo.InvariantCulture, $"CALL bench.fill_articles({UpdatedRows})") : null;

    /// <summary>First event and number of events of each writer; a transaction is never split.</summary>
    public IEnumerable<(long First, long Events)> Shares()
    {
        var transactions = (Events + EventsEach - 1) / EventsEach;
        var each = (transactions + MaxWriters - 1) / MaxWriters * EventsEach;
        for (var first = 0L; first < Events; first += each) yield return (first, Math.Min(each, Events - first));
    }
}
