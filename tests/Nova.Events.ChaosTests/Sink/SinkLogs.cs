using Nova.Events.ChaosTests.Servers;

namespace Nova.Events.ChaosTests.Sink;

/// <summary>How often what makes the sink exactly-once was called for, as the sinks' logs tell it.</summary>
/// <param name="Repeated">Intents of an earlier owner that were repeated as they stood.</param>
/// <param name="Repaired">Ranges of which only what the table lacked was inserted.</param>
/// <param name="Retried">Inserts that were tried again.</param>
/// <param name="GivenUp">Memberships that were given up because the group might have given the partitions away.</param>
/// <param name="Alarms">Intents that could not be repeated, and tables ahead of them.</param>
internal sealed record SinkLogs(int Repeated, int Repaired, int Retried, int GivenUp, int Alarms)
{
    public static SinkLogs Count(IEnumerable<RoleProcess> sinks)
    {
        var counts = new SinkLogs(0, 0, 0, 0, 0);
        foreach (var line in sinks.Select(sink => sink.LogFile).Where(File.Exists).SelectMany(File.ReadLines)) counts = counts.With(line);
        return counts;
    }

    private SinkLogs With(string line)
    {
        return this with
        {
            Repeated = Repeated + Has("outcome=repeated"),
            Repaired = Repaired + Has("outcome=repaired"),
            Retried = Retried + Has("is tried again (attempt"),
            GivenUp = GivenUp + Has("starts over in"),
            Alarms = Alarms + Has("sink-intent-changed") + Has("sink-table-ahead"),
        };

        int Has(string words) => line.Contains(words, StringComparison.Ordinal) ? 1 : 0;
    }
}
