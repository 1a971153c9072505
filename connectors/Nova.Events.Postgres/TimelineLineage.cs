using System.Globalization;

namespace Nova.Events.Postgres;

/// <summary>A stretch of WAL.</summary>
/// <param name="Id">Its timeline.</param>
/// <param name="EndLsn">Where the next timeline left it; the last one has no end.</param>
public sealed record Timeline(int Id, ulong EndLsn);

/// <summary>
/// The timelines that a cluster's WAL came along. Each promotion and each restore to a point in time begins a new one: two lineages that part
/// below an LSN hold different commits above it, though the LSNs are the same.
/// </summary>
public sealed record TimelineLineage(IReadOnlyList<Timeline> Timelines)
{
    /// <summary>The timeline that is being written.</summary>
    public int Current => Timelines[^1].Id;

    /// <summary>Reads a timeline history file: a parent timeline and the LSN at which it was left, on each line.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static TimelineLineage Parse(int current, string history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var parents =
            from line in history.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            where !line.StartsWith('#')
            let fields = line.Split('\t')
            select new Timeline(int.Parse(fields[0], CultureInfo.InvariantCulture), Lsn.Parse(fields[1]));
        return new([.. parents, new Timeline(current, ulong.MaxValue)]);
    }

    /// <summary>Where this lineage and <paramref name="other"/> part: below it both hold the same WAL. <see cref="ulong.MaxValue"/> where one only goes on from the other's end.</summary>
    public ulong PartsAt(TimelineLineage other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var common = 0ul;
        for (var i = 0; i < Timelines.Count && i < other.Timelines.Count; i++)
        {
            var (mine, theirs) = (Timelines[i], other.Timelines[i]);
            if (mine.Id != theirs.Id) return common;
            if (mine.EndLsn != theirs.EndLsn) return Math.Min(mine.EndLsn, theirs.EndLsn);
            common = mine.EndLsn;
        }

        return common;
    }

    /// <inheritdoc/>
    public bool Equals(TimelineLineage? other) => other is not null && Timelines.SequenceEqual(other.Timelines);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Timelines.Count, Current);

    /// <inheritdoc/>
    public override string ToString() => string.Join(" → ", Timelines.Select(timeline => timeline.EndLsn == ulong.MaxValue ? $"{timeline.Id}" : $"{timeline.Id} until {Lsn.Format(timeline.EndLsn)}"));
}
