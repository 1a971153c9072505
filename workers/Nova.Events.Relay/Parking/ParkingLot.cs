using Nova.Events.Contracts;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Publishing;

namespace Nova.Events.Relay.Parking;

/// <summary>
/// What a source has parked. A record that can't be published is written here, and acknowledged, before the relay does anything else; so
/// whatever lies behind it in the partitions, it is not lost, and a restart knows it.
/// </summary>
internal sealed class ParkingLot : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private readonly KafkaOptions _kafka;
    private readonly string _source;
    private readonly HashSet<Position> _positions = [];
    private readonly Dictionary<Position, Position> _released = [];
    private readonly Dictionary<Position, ((string Topic, string Key) Key, Position Place)> _holders = [];
    private readonly Dictionary<(string Topic, string Key), SortedSet<Position>> _keys = [];
    private readonly RecordPublisher _publisher;
    private IAsyncEnumerator<ParkedRecord>? _search;

    private ParkingLot(KafkaOptions kafka, string source) => (_kafka, _source, _publisher) = (kafka, source, new RecordPublisher(kafka, Timeout));

    /// <summary>True if nothing is parked: then nothing else needs to be asked.</summary>
    public bool IsEmpty => _positions.Count == 0;

    /// <summary>Reads what a source has parked.</summary>
    public static async Task<ParkingLot> ReadAsync(KafkaOptions kafka, string source, CancellationToken cancellationToken)
    {
        var lot = new ParkingLot(kafka, source);
        try
        {
            await foreach (var record in RecordsAsync(kafka, source, cancellationToken)) lot.Add(record);
            return lot;
        }
        catch
        {
            lot.Dispose();
            throw;
        }
    }

    /// <summary>What a source has parked and not released, in order, without the values.</summary>
    public static async Task<IReadOnlyList<ParkedRecord>> UnreleasedAsync(KafkaOptions kafka, string source, CancellationToken cancellationToken)
    {
        var parked = new OrderedDictionary<Position, ParkedRecord>();
        await foreach (var record in RecordsAsync(kafka, source, cancellationToken))
        {
            if (record.ReleasedAt is null) parked.TryAdd(record.Position.Position, record with { Value = null });
            else parked.Remove(record.Position.Position);
        }

        return [.. parked.Values];
    }

    /// <summary>Everything that a source has parked, in order, and the notes of what was released.</summary>
    public static async IAsyncEnumerable<ParkedRecord> RecordsAsync(
        KafkaOptions kafka, string source, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = new TopicReader(kafka);
        foreach (var partition in await reader.SnapshotAsync(topic => topic == Topics.Parked, cancellationToken))
            await foreach (var record in reader.ReadAsync(partition, cancellationToken))
                if (ParkedRecord.Read(record) is { } parked && parked.Position.Source == source) yield return parked;
    }

    /// <summary>True if the record at this position is parked already.</summary>
    public bool Holds(Position position) => _positions.Contains(position);

    /// <summary>True if a record of that key, before <paramref name="position"/>, is parked and its policy holds the key.</summary>
    public bool HoldsKey(string topic, ReadOnlySpan<byte> key, Position position) =>
        _keys.Count > 0 && _keys.TryGetValue((topic, Convert.ToHexString(key)), out var holders) && holders.Min < position;

    /// <summary>True if the record that was parked at <paramref name="parked"/> is published at <paramref name="position"/>, and nowhere else.</summary>
    public bool MayRelease(Position parked, Position position) =>
        _positions.Contains(parked) && (!_released.TryGetValue(parked, out var at) || at == position);

    /// <summary>The record that was parked at a position; null where Kafka does not hold it any more. Asked for in order, the topic is read once.</summary>
    public async Task<ParkedRecord?> FindAsync(Position parked, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < 2; attempt++)
        {
            _search ??= RecordsAsync(_kafka, _source, CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);
            while (await _search.MoveNextAsync())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (_search.Current is { ReleasedAt: null } record && record.Position.Position == parked) return record;
            }

            await _search.DisposeAsync();
            _search = null;
        }

        return null;
    }

    /// <summary>Returns once Kafka knows that the record is published at <paramref name="position"/>; it no longer holds its key.</summary>
    /// <exception cref="PublishException">Kafka did not take it.</exception>
    public async Task ReleaseAsync(ParkedRecord record, Position position, CancellationToken cancellationToken)
    {
        if (_released.ContainsKey(record.Position.Position)) return;
        await ParkAsync(new ParkedRecord(record.Position, record.Topic, RecordKey: null, HoldsKey: false, "released", Value: null, [], ReleasedAt: position), cancellationToken);
    }

    /// <summary>Returns once Kafka has the record.</summary>
    /// <exception cref="PublishException">Kafka did not take it.</exception>
    public async Task ParkAsync(ParkedRecord record, CancellationToken cancellationToken)
    {
        await _publisher.PublishAsync(record.ToRecord(), cancellationToken);
        Add(record);
    }

    public void Dispose()
    {
        _publisher.Dispose();
        _search?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private void Add(ParkedRecord record)
    {
        var position = record.Position.Position;
        if (record.ReleasedAt is { } at)
        {
            _released.TryAdd(position, at);
            if (_holders.Remove(position, out var holder)) LetGo(holder.Key, holder.Place);
            return;
        }

        _positions.Add(position);
        if (!record.HoldsKey || record.RecordKey is null || _released.ContainsKey(position)) return;
        var key = (record.Topic, Convert.ToHexString(record.RecordKey));
        _holders[position] = (key, record.Place);
        if (!_keys.TryGetValue(key, out var holders)) _keys[key] = holders = [];
        holders.Add(record.Place);
    }

    private void LetGo((string, string) key, Position place)
    {
        _keys[key].Remove(place);
        if (_keys[key].Count == 0) _keys.Remove(key);
    }
}
