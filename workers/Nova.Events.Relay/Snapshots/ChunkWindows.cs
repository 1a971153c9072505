using System.Collections.Concurrent;
using Nova.Events.Postgres.Snapshots;

namespace Nova.Events.Relay.Snapshots;

/// <summary>The windows of a session: opened by whoever reads rows, found by the session's thread as it reads their watermarks.</summary>
internal sealed class ChunkWindows : IDisposable
{
    private readonly ConcurrentDictionary<string, ChunkWindow> _windows = new(StringComparer.Ordinal);
    private volatile bool _ended;
    private volatile TransactionSnapshot? _latest;

    /// <summary>All that are open.</summary>
    public ICollection<ChunkWindow> All => _windows.Values;

    /// <summary>Opens a window, before its low watermark is written.</summary>
    public ChunkWindow Open(string table)
    {
        var window = new ChunkWindow(table, _latest);
        _windows[window.Id] = window;
        if (_ended) window.Cancel();
        return window;
    }

    /// <summary>Its rows were read.</summary>
    public void Read(ChunkWindow window, Chunk chunk)
    {
        window.Chunk = chunk;
        _latest = chunk.Snapshot;
    }

    /// <summary>The window of a watermark; null if it was another session's.</summary>
    public ChunkWindow? Find(string id) => _windows.GetValueOrDefault(id);

    /// <summary>Closes it.</summary>
    public void Close(ChunkWindow window)
    {
        window.Close();
        _windows.TryRemove(window.Id, out _);
    }

    /// <summary>Ends the session: what is open comes to nothing.</summary>
    public void Dispose()
    {
        _ended = true;
        foreach (var window in _windows.Values) window.Cancel();
    }
}
