using System.Text.RegularExpressions;
using Nova.Events.ChaosTests.Servers;

namespace Nova.Events.ChaosTests.Sink;

/// <summary>How often what makes the sink exactly-once was called for, as the sinks' logs tell it.</summary>
internal sealed partial class SinkLogs
{
    private readonly HashSet<string> _acknowledged = new(StringComparer.Ordinal);

    private SinkLogs()
    {
    }

    /// <summary>Intents of an earlier owner that were repeated as they stood.</summary>
    public int Repeated { get; private set; }

    /// <summary>Ranges that ClickHouse acknowledged to two owners, and took from one.</summary>
    public int AcknowledgedTwice { get; private set; }

    /// <summary>Ranges of which only what the table lacked was inserted.</summary>
    public int Completed { get; private set; }

    /// <summary>Inserts that were tried again.</summary>
    public int Retried { get; private set; }

    /// <summary>Memberships that were given up because the group might have given the partitions away.</summary>
    public int GivenUp { get; private set; }

    /// <summary>Intents that could not be repeated, and tables ahead of them.</summary>
    public int Alarms { get; private set; }

    public static SinkLogs Count(IEnumerable<RoleProcess> sinks)
    {
        var logs = new SinkLogs();
        foreach (var line in sinks.Select(sink => sink.LogFile).Where(File.Exists).SelectMany(File.ReadLines)) logs.Add(line);
        return logs;
    }

    private void Add(string line)
    {
        if (Batch().Match(line) is { Success: true } batch && !_acknowledged.Add(batch.Groups[1].Value)) AcknowledgedTwice++;
        if (Has("outcome=repeated")) Repeated++;
        if (Has("outcome=repaired")) Completed++;
        if (Has("is tried again (attempt") || Has("needs an operator (attempt")) Retried++;
        if (Has("starts over in")) GivenUp++;
        if (Has("sink-intent-changed") || Has("sink-table-ahead")) Alarms++;

        bool Has(string words) => line.Contains(words, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"batch (\S+ \d+-\d+) rows=[1-9]")]
    private static partial Regex Batch();
}
