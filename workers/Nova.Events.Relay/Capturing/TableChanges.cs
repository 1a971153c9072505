using System.Text;
using Nova.Events.Contracts;
using Nova.Events.Postgres.Capture;
using Nova.Events.Postgres.Wal;
using Nova.Events.Relay.Routing;
using Nova.Events.Relay.Sessions;
using Nova.Events.Relay.Snapshots;

namespace Nova.Events.Relay.Capturing;

/// <summary>
/// Publishes the changes of captured tables as Debezium does: a delete with a tombstone behind it, a change of the key as delete and create, a
/// truncation to every partition of its topic. One change yields up to three records, the parts of its position.
/// </summary>
internal sealed class TableChanges(WalStream wal, ushort era, CaptureRoutes routes, ChangeEnvelope envelope, SessionPublisher publisher, SnapshotChanges snapshots, string source)
{
    private readonly byte[] _source = Encoding.ASCII.GetBytes(source + "@");
    private ulong? _lastCommitLsn;

    /// <summary>Publishes an insert, an update or a delete.</summary>
    public void PublishRow()
    {
        CapturedRoute? route = null;
        try
        {
            route = routes.Of(wal.Relation);
            if (wal.Kind == WalMessageKind.Insert) Insert(route);
            else if (wal.Kind == WalMessageKind.Update) Update(route);
            else Delete(route);
        }
        catch (PoisonException poison)
        {
            publisher.PutAside(poison, wal.PositionOf(era), default);
        }
        catch (FormatException exception) when (route is not null)
        {
            envelope.WriteText(route.Table, wal.Kind == WalMessageKind.Delete ? wal.Old : wal.New);
            publisher.PutAside(new PoisonException(PoisonKind.Undecodable, exception.Message), wal.PositionOf(era), envelope.Value);
        }
    }

    /// <summary>Publishes a truncation: who reads one partition only must hear of it, too.</summary>
    public void PublishTruncation()
    {
        foreach (var relation in wal.Truncated.Where(relation => !OutboxTable.Holds(relation)))
        {
            try
            {
                PublishTruncation(routes.Of(relation));
            }
            catch (PoisonException poison)
            {
                // At a part of its own: the other tables of the statement are published at the first.
                publisher.PutAside(poison, wal.PositionOf(era, Position.PartsPerChange - 1), default);
            }
        }
    }

    private void PublishTruncation(CapturedRoute route)
    {
        snapshots.Truncate(route);
        envelope.Write(route.Table, 't', null, null, null, Source());
        for (var partition = 0; partition < publisher.TopicOf(route.Route).Gates.Length; partition++)
        {
            if (!publisher.TryPlace(wal.PositionOf(era), route.Route, partition, CommitTime(), out var place)) continue;
            Build(route, default, envelope.Value, part: 0);
            publisher.Publish(place);
        }
    }

    /// <summary>A transaction ended.</summary>
    public void Committed() => _lastCommitLsn = wal.CommitLsn;

    private void Insert(CapturedRoute route)
    {
        envelope.WriteKey(route.Table, wal.New);
        Publish(route, 'c', null, wal.New, envelope.Key, part: 0);
    }

    private void Update(CapturedRoute route)
    {
        if (wal.OldRow == OldRow.Absent)
        {
            envelope.WriteKey(route.Table, wal.New);
            Publish(route, 'u', null, wal.New, envelope.Key, part: 0);
        }
        else if (!envelope.KeyChanged(route.Table, wal.New, wal.Old)) Publish(route, 'u', wal.Old, wal.New, envelope.Key, part: 0);
        else
        {
            // What can't be written is found before a part of it is published.
            envelope.Write(route.Table, 'c', wal.Old, wal.New, wal.Old, Source());
            Publish(route, 'd', wal.Old, null, envelope.OldKey, part: 0, NewKeyHeader, envelope.Key);
            if (route.Tombstones) PublishTombstone(route, envelope.OldKey, NewKeyHeader, envelope.Key);
            Publish(route, 'c', null, wal.New, envelope.Key, part: 2, OldKeyHeader, envelope.OldKey);
        }
    }

    private void Delete(CapturedRoute route)
    {
        envelope.WriteKey(route.Table, wal.Old);
        Publish(route, 'd', wal.Old, null, envelope.Key, part: 0);
        if (route.Tombstones && route.Table.HasKey) PublishTombstone(route, envelope.Key);
    }

    private static ReadOnlySpan<byte> NewKeyHeader => "__debezium.newkey"u8;

    private static ReadOnlySpan<byte> OldKeyHeader => "__debezium.oldkey"u8;

    private void Publish(
        CapturedRoute route, char op, TupleColumns? before, TupleColumns? after, ReadOnlySpan<byte> key, uint part, ReadOnlySpan<byte> header = default, ReadOnlySpan<byte> headerValue = default)
    {
        snapshots.Change(route, key);
        if (!TryPlace(route, key, part, out var place)) return;
        envelope.Write(route.Table, op, before, after, wal.OldRow == OldRow.Absent || op == 'd' ? null : wal.Old, Source());
        Build(route, key, envelope.Value, part, header, headerValue);
        publisher.Publish(place);
    }

    private void PublishTombstone(CapturedRoute route, ReadOnlySpan<byte> key, ReadOnlySpan<byte> header = default, ReadOnlySpan<byte> headerValue = default)
    {
        if (!TryPlace(route, key, part: 1, out var place)) return;
        Build(route, key, default, part: 1, header, headerValue);
        publisher.Publish(place);
    }

    /// <summary>A row without a key goes to the partition of its table's name: never to a random one.</summary>
    private bool TryPlace(CapturedRoute route, ReadOnlySpan<byte> key, uint part, out RecordPlace place) =>
        route.Table.HasKey ? publisher.TryPlace(wal.PositionOf(era, part), route.Route, key, CommitTime(), out place)
        : publisher.TryPlace(wal.PositionOf(era, part), route.Route, publisher.TopicOf(route.Route).PartitionOf(Encoding.UTF8.GetBytes(route.Name)), CommitTime(), out place);

    /// <summary>What tells a change from another WAL's at its position; asked for only until the tails are met.</summary>
    private byte[] CommitTime() => publisher.Unmet.AllMet ? [] : Encoding.ASCII.GetBytes($"{(wal.CommittedAt.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond}");

    private void Build(CapturedRoute route, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, uint part, ReadOnlySpan<byte> header = default, ReadOnlySpan<byte> headerValue = default)
    {
        var record = publisher.Record;
        record.Clear();
        if (route.Table.HasKey && !key.IsEmpty) record.SetKey(key);
        if (!value.IsEmpty) record.SetValue(value);
        PositionHeader.AddTo(record, _source, wal.PositionOf(era, part));
        if (!header.IsEmpty) record.AddHeader(header, headerValue);
        if (route.SoftDelete.Length > 0) record.AddHeader("soft-delete-column"u8, route.SoftDelete);
    }

    private ChangeSource Source() => new(wal.CommittedAt, wal.TransactionId, wal.ChangeLsn, _lastCommitLsn);
}
