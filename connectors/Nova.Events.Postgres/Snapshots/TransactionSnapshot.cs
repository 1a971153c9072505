using System.Globalization;

namespace Nova.Events.Postgres.Snapshots;

/// <summary>Which transactions a snapshot sees, as <c>pg_current_snapshot()</c> tells it; ids without their epoch, as the WAL has them.</summary>
/// <param name="Min">All below are ended.</param>
/// <param name="Max">None from here on is seen.</param>
/// <param name="Open">Those between that had not ended.</param>
public sealed record TransactionSnapshot(uint Min, uint Max, IReadOnlySet<uint> Open)
{
    /// <summary>Reads <c>xmin:xmax:xip,xip,…</c>.</summary>
    public static TransactionSnapshot Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split(':');
        return new TransactionSnapshot(Id(parts[0]), Id(parts[1]), parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Id).ToHashSet());
    }

    /// <summary>True if what the transaction did is seen.</summary>
    public bool Sees(uint transaction) => unchecked((int)(transaction - Max)) < 0 && !Open.Contains(transaction);

    private static uint Id(string text) => unchecked((uint)ulong.Parse(text, CultureInfo.InvariantCulture));
}
