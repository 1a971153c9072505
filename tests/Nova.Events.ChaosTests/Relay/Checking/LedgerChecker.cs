using Nova.Events.ChaosTests.Checking;

namespace Nova.Events.ChaosTests.Relay.Checking;

/// <summary>
/// Compares what the database committed with what Kafka holds. Records of one partition are given in the order of their offsets; partitions may
/// alternate. It knows neither server: it is fed, and asked for the result.
/// </summary>
internal sealed class LedgerChecker
{
    private readonly Dictionary<Guid, LedgerEntry> _owed;
    private readonly Dictionary<Guid, LedgerEntry> _met = [];
    private readonly Dictionary<string, (string Topic, int Partition, long Number)> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<string> _parked = new(StringComparer.Ordinal);
    private readonly PositionFilter _filter = new();
    private readonly CheckResult _result;

    public LedgerChecker(IReadOnlyCollection<LedgerEntry> committed)
    {
        _owed = committed.ToDictionary(entry => entry.Id);
        _result = new CheckResult { Committed = _owed.Count };
    }

    /// <summary>The next record of an event topic.</summary>
    public void AddPublished(in FoundRecord record)
    {
        if (record.Position is null) _result.Add(Violation.Altered, $"{record} has no position");
        else if (_filter.IsRepeat(record.Topic, record.Partition, record.Position))
        {
            _result.Repeats++;
            return;
        }

        if (Settle(record, parked: false) is not { } entry) return;
        _result.Published++;
        CheckOrder(record, entry);
    }

    /// <summary>The next record of the parking topic. A copy at the same position is harmless: a release knows it.</summary>
    public void AddParked(in FoundRecord record)
    {
        if (record.Position is null) _result.Add(Violation.Altered, $"{record} has no position");
        else if (!_parked.Add(record.Position))
        {
            _result.ParkedRepeats++;
            return;
        }

        if (Settle(record, parked: true) is not null) _result.Parked++;
    }

    /// <summary>The verdict, once all records were given.</summary>
    public CheckResult Finish()
    {
        foreach (var entry in _owed.Values.OrderBy(entry => entry.Key, StringComparer.Ordinal).ThenBy(entry => entry.Number))
            _result.Add(Violation.Missing, $"number {entry.Number} of key {entry.Key} (id {entry.Id}) is committed, and not {(entry.IsOversize ? "parked" : "published")}");
        return _result;
    }

    /// <summary>What the record pays off; null if it should not be there, or not here.</summary>
    private LedgerEntry? Settle(in FoundRecord record, bool parked)
    {
        var id = record.Id ?? Guid.Empty;
        if (_met.ContainsKey(id))
        {
            _result.Add(Violation.Doubled, $"{record} is there a second time");
            return null;
        }

        if (!_owed.Remove(id, out var entry))
        {
            _result.Add(Violation.NeverCommitted, $"{record} is of no committed event");
            return null;
        }

        _met.Add(id, entry);
        if (entry.Key != record.Key || entry.Number != record.Number) _result.Add(Violation.Altered, $"{record} was committed as number {entry.Number} of key {entry.Key}");
        if (entry.IsOversize == parked) return entry;
        _result.Add(Violation.Misplaced, $"{record} should be {(entry.IsOversize ? "parked" : "published")}");
        return null;
    }

    private void CheckOrder(in FoundRecord record, LedgerEntry entry)
    {
        if (_keys.TryGetValue(entry.Key, out var last))
        {
            if ((last.Topic, last.Partition) != (record.Topic, record.Partition)) _result.Add(Violation.OutOfOrder, $"{record}: earlier ones of its key are in {last.Topic}:{last.Partition}");
            else if (entry.Number <= last.Number) _result.Add(Violation.OutOfOrder, $"{record} stands behind number {last.Number} of its key");
        }

        _keys[entry.Key] = (record.Topic, record.Partition, entry.Number);
    }
}
