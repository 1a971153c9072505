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
    private readonly HashSet<Position> _positions = [];
    private readonly Dictionary<(string Topic, string Key), Position> _keys = [];
    private readonly RecordPublisher _publisher;

    private ParkingLot(KafkaOptions kafka) => _publisher = new RecordPublisher(kafka, Timeout);

    /// <summary>True if nothing is parked: then nothing else needs to be asked.</summary>
    public bool IsEmpty => _positions.Count == 0;

    /// <summary>Reads what a source has parked.</summary>
    public static async Task<ParkingLot> ReadAsync(KafkaOptions kafka, string source, CancellationToken cancellationToken)
    {
        var lot = new ParkingLot(kafka);
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

    /// <summary>Everything that a source has parked, in order.</summary>
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
        _keys.Count > 0 && _keys.TryGetValue((topic, Convert.ToHexString(key)), out var first) && first < position;

    /// <summary>Returns once Kafka has the record.</summary>
    /// <exception cref="PublishException">Kafka did not take it.</exception>
    public async Task ParkAsync(ParkedRecord record, CancellationToken cancellationToken)
    {
        await _publisher.PublishAsync(record.ToRecord(), cancellationToken);
        Add(record);
    }

    public void Dispose() => _publisher.Dispose();

    private void Add(ParkedRecord record)
    {
        _positions.Add(record.Position.Position);
        if (record.HoldsKey && record.RecordKey is { } key) _keys.TryAdd((record.Topic, Convert.ToHexString(key)), record.Position.Position);
    }
}
