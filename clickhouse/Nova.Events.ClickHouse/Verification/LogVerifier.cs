using System.Globalization;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;

namespace Nova.Events.ClickHouse.Verification;

/// <summary>
/// Reads a topic's partitions once and compares: what was written against what the log holds, and the order of each key. Repeats are told by the rule that the
/// consumers use, written down here a second time on purpose: a checker that shares the code would share its faults.
/// </summary>
public sealed class LogVerifier(string hop = "written → Kafka")
{
    private readonly HopReport _report = new(hop);
    private readonly Dictionary<Guid, byte> _expected = [];
    private readonly Dictionary<(string Topic, string Key), (UInt128 Position, long Version)> _lastOfKey = [];
    private readonly HashSet<Guid> _unexpected = [];

    /// <summary>Takes in what was written.</summary>
    public async Task ExpectAsync(IAsyncEnumerable<WrittenEvent> written, CancellationToken cancellationToken)
    {
        await foreach (var item in written.WithCancellation(cancellationToken))
            if (_expected.TryAdd(item.EventId, 0)) _report.Expected++;
    }

    /// <summary>
    /// Reads one partition of domain events; answers the offsets that a table must hold: those that are no repeats. Records that nobody wrote (an earlier run, another writer) are
    /// checked for order and not counted.
    /// </summary>
    public async Task<PartitionContent> ReadAsync(IAsyncEnumerable<ConsumedRecord> records, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        var lastBySource = new Dictionary<string, Position>(StringComparer.Ordinal);
        var content = new PartitionContent();
        await foreach (var record in records.WithCancellation(cancellationToken))
        {
            var position = default(SourcePosition);
            if (record.TryGetHeader(HeaderNames.Position, out var header) && SourcePosition.TryParse(header, out position))
            {
                if (lastBySource.TryGetValue(position.Source, out var last) && position.Position <= last)
                {
                    Repeat(record, content);
                    continue;
                }

                lastBySource[position.Source] = position.Position;
            }

            content.Add(record);
            Count(record);
            CheckOrder(record, position);
        }

        return content;
    }

    /// <summary>Reads one partition of client events, whose repeats are told by id among <paramref name="window"/> preceding offsets.</summary>
    public async Task<PartitionContent> ReadClientEventsAsync(IAsyncEnumerable<ConsumedRecord> records, int window, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        var lastOffsets = new Dictionary<string, long>(StringComparer.Ordinal);
        var content = new PartitionContent();
        await foreach (var record in records.WithCancellation(cancellationToken))
        {
            var id = record.Header(HeaderNames.Id);
            var repeat = id is not null && Guid.TryParse(id, out _) && lastOffsets.TryGetValue(id, out var before) && before >= record.Offset - window;
            if (id is not null) lastOffsets[id] = record.Offset;
            if (repeat)
            {
                Repeat(record, content);
                continue;
            }

            content.Add(record);
            Count(record);
        }

        return content;
    }

    /// <summary>After every partition was read.</summary>
    public HopReport Finish()
    {
        foreach (var (id, seen) in _expected)
            if (seen == 0) _report.AddMissing(1, id.ToString());
        return _report;
    }

    private void Repeat(ConsumedRecord record, PartitionContent content)
    {
        _report.Repeats++;
        content.AddRepeat(record);

        // A repeat whose first copy is nowhere would be an event lost by the rule: it stays unseen, and Finish calls it missing.
    }

    private void Count(ConsumedRecord record)
    {
        if (!Guid.TryParse(record.Header(HeaderNames.Id), out var id)) return;
        if (_expected.TryGetValue(id, out var seen))
        {
            if (seen == 0) _report.Present++;
            else _report.AddDoubled(1, $"{id} at {record}");
            _expected[id] = 1;
        }
        else if (!_unexpected.Add(id))
        {
            _report.AddDoubled(1, $"{id} at {record}");
        }
    }

    private void CheckOrder(ConsumedRecord record, SourcePosition position)
    {
        if (record.Key is null) return;
        var key = (record.Topic, System.Text.Encoding.Latin1.GetString(record.Key));
        _ = long.TryParse(record.Header(HeaderNames.StreamVersion), NumberStyles.None, CultureInfo.InvariantCulture, out var version);
        var number = position.Source is null ? 0 : position.Position.ToUInt128();
        if (_lastOfKey.TryGetValue(key, out var last) && ((number != 0 && number < last.Position) || (version != 0 && version <= last.Version)))
        {
            _report.AddOutOfOrder(record.ToString());
            return;
        }

        _lastOfKey[key] = (number == 0 ? last.Position : number, version == 0 ? last.Version : version);
    }
}
