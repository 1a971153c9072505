using Nova.Events.Contracts;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Postgres.Wal;
using Nova.Events.Relay.Parking;
using Nova.Events.Relay.Routing;

namespace Nova.Events.Relay.Sessions;

/// <summary>Publishes outbox messages, whether they came as rows or without the table, and lets parked records go.</summary>
internal sealed class OutboxChanges(WalStream wal, ushort era, RelayOptions options, SessionPublisher publisher, ParkingLot lot, PoisonHandler poison, CancellationToken drain)
{
    private readonly OutboxRouter _router = new(options);
    private readonly OutboxTable _table = new();
    private readonly OutboxMessages _messages = new();

    /// <summary>A row; what the table's constraints should have refused is put aside by its payload.</summary>
    public void PublishRow()
    {
        var row = _table.Read(wal);
        try
        {
            Publish(row);
        }
        catch (PoisonException exception)
        {
            publisher.PutAside(exception, wal.PositionOf(era), row.Payload);
        }
    }

    /// <summary>A message that came without the table; what is none is put aside as it came.</summary>
    public void PublishMessage()
    {
        try
        {
            Publish(_messages.Read(wal.Content));
        }
        catch (PoisonException exception)
        {
            publisher.PutAside(exception, wal.PositionOf(era), wal.Content);
        }
    }

    /// <summary>Publishes a parked record at the position of the message that asks for it.</summary>
    public void Release()
    {
        var position = wal.PositionOf(era);
        if (!ParkedRelease.TryRead(wal.Content, options.Source, out var parked) || !lot.MayRelease(parked, position)) return;
        if (lot.FindAsync(parked, drain).GetAwaiter().GetResult() is not { Topic.Length: > 0 } record) return;
        var id = record.Headers.FirstOrDefault(header => header.Name == HeaderNames.Id).Value ?? Tail.CommitTimeOf(record.Value);
        if (!publisher.Unmet.AllMet) publisher.Unmet.Change(position, id);
        lot.ReleaseAsync(record, position, drain).GetAwaiter().GetResult();
        var route = _router.RouteTo(record.Topic);
        if (!publisher.TryPlace(position, route, publisher.TopicOf(route).PartitionOf(record.RecordKey), id, out var place)) return;
        _router.Build(record, position, publisher.Record);
        // The cause may still be there; then all that was behind it stays behind it.
        place = place with { HoldsKey = record.HoldsKey && lot.HoldsKey(record.Topic, record.RecordKey, record.Place) };
        if (publisher.PoisonOf(place) is { } again) poison.ParkAgainAsync(again, position, record, drain).GetAwaiter().GetResult();
        else if (record.IsCut) poison.ParkAgainAsync(new PoisonException(PoisonKind.Oversize, record.Reason), position, record, drain).GetAwaiter().GetResult();
        else publisher.Enqueue(place);
    }

    private void Publish(scoped in OutboxRow row)
    {
        var position = wal.PositionOf(era);
        if (!publisher.TryPlace(position, _router.RouteOf(row), row.AggregateId, row.Id, out var place)) return;
        _router.Build(row, position, publisher.Record);
        publisher.Publish(place);
    }
}
