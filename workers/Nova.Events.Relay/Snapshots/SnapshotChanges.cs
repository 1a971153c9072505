using System.Text;
using Nova.Events.Contracts;
using Nova.Events.Postgres.Capture;
using Nova.Events.Postgres.Snapshots;
using Nova.Events.Postgres.Wal;
using Nova.Events.Relay.Capturing;
using Nova.Events.Relay.Parking;
using Nova.Events.Relay.Routing;
using Nova.Events.Relay.Sessions;

namespace Nova.Events.Relay.Snapshots;

/// <summary>
/// The session's part of a snapshot: notes which keys change between a chunk's watermarks, and publishes the chunk's other rows where the high one
/// stands, with the low one's position as their version: any change that committed after it is newer.
/// </summary>
internal sealed class SnapshotChanges(WalStream wal, ushort era, CaptureRoutes routes, ChangeEnvelope envelope, SessionPublisher publisher, ChunkWindows windows, SessionSignals signals, string source)
{
    private readonly byte[] _source = Encoding.ASCII.GetBytes(source + "@");
    private readonly List<ChunkWindow> _open = [];
    private readonly List<ChunkWindow> _finished = [];
    private readonly TupleColumns _row = new();

    /// <summary>The transactions that were delivered.</summary>
    public DeliveredTransactions Delivered { get; } = new();

    /// <summary>A captured row changed.</summary>
    public void Change(CapturedRoute route, ReadOnlySpan<byte> key)
    {
        foreach (var window in _open)
            if (window.Table == route.Name && !window.IsClosed) window.Change(key);
    }

    /// <summary>A captured table was truncated.</summary>
    public void Truncate(CapturedRoute route)
    {
        foreach (var window in _open)
            if (window.Table == route.Name) window.ChangeAll();
    }

    /// <summary>A watermark. One of an earlier session opens nothing; but rows that were published at it may be a partition's tail.</summary>
    public void Watermark()
    {
        if (!Snapshots.Watermark.TryRead(wal.Content, source, out var id, out var isLow) || wal.ChangeIndex != 0) return;
        publisher.Unmet.Watermark(era, wal.CommitLsn);
        _open.RemoveAll(closed => closed.IsClosed);
        if (windows.Find(id) is not { } window) return;
        if (isLow)
        {
            window.Low = wal.PositionOf(era);
            _open.Add(window);
        }
        else if (_open.Remove(window)) Finish(window);
    }

    /// <summary>A transaction ended: the chunk whose high watermark it was is done once its end may be confirmed.</summary>
    public void Committed()
    {
        foreach (var window in _finished) window.Complete(window.IsStale ? ChunkOutcome.ReadAgain : ChunkOutcome.Published, wal.TransactionEndLsn);
        _finished.Clear();
    }

    private void Finish(ChunkWindow window)
    {
        _finished.Add(window);
        var (chunk, low) = (window.Chunk!, window.Low!.Value);
        if (!Delivered.AreSeenBy(chunk.Snapshot, low.CommitLsn)) window.ChangeAll();
        if (window.HasChanges && routes.Known(chunk.Table.Relation.Oid) is { } known && !known.Table.KeyColumns.SequenceEqual(chunk.Table.KeyColumns, StringComparer.Ordinal)) window.ChangeAll();
        Delivered.Forget(windows.All.Select(other => other.Sees).Append(chunk.Snapshot));
        if (window.IsStale) return;
        try
        {
            Publish(window, chunk, low);
        }
        catch (Exception exception) when (exception is FormatException or PoisonException or PoisonRecordException)
        {
            // The snapshot fails, and not the relay: the WAL flows on.
            window.Fail(new SnapshotRefusedException(window.Table, exception.Message, exception));
        }
    }

    private void Publish(ChunkWindow window, Chunk chunk, Position low)
    {
        var route = routes.Of(chunk.Table);
        var change = new ChangeSource(chunk.ReadAt, wal.TransactionId, wal.ChangeLsn, low.CommitLsn, IsSnapshot: true);
        for (var i = 0; i < chunk.Count && !signals.IsInterrupted; i++)
        {
            chunk.Read(i, _row);
            envelope.WriteKey(chunk.Table, _row);
            if (window.HasChanged(envelope.Key)) continue;
            // The watermark is alone in its transaction, so all of its ordinals are the rows'.
            var position = wal.PositionOf(era, (uint)i);
            if (!publisher.TryPlace(position, route.Route, envelope.Key, default, out var place)) continue;
            envelope.Write(chunk.Table, 'r', null, _row, null, change);
            Build(route, position, low);
            publisher.Publish(place);
        }
    }

    private void Build(CapturedRoute route, Position position, Position version)
    {
        var record = publisher.Record;
        record.Clear();
        record.SetKey(envelope.Key);
        record.SetValue(envelope.Value);
        PositionHeader.AddTo(record, _source, position);
        Span<byte> text = stackalloc byte[Position.TextLength];
        version.WriteUtf8(text);
        record.AddHeader("version"u8, text);
        if (route.SoftDelete.Length > 0) record.AddHeader("soft-delete-column"u8, route.SoftDelete);
    }
}
