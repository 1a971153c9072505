using System.Security.Cryptography;
using Nova.Events.Contracts;
using Nova.Events.Postgres.Snapshots;

namespace Nova.Events.Relay.Snapshots;

/// <summary>What became of a chunk.</summary>
internal enum ChunkOutcome
{
    /// <summary>Its rows are enqueued; once the end of the high watermark's transaction may be confirmed, all are acknowledged.</summary>
    Published,

    /// <summary>It is to be read again: a transaction that was published is not in it, or the table changed in between.</summary>
    ReadAgain,
}

/// <summary>
/// A chunk between its watermarks: two logical messages in the WAL, one before its rows are read, one after. Made by whoever reads the rows; from
/// the low watermark on it belongs to the session's thread.
/// </summary>
/// <param name="table">Schema and name.</param>
/// <param name="floor">A snapshot that was taken before this window was opened; its own sees all that one does. Null where there was none.</param>
internal sealed class ChunkWindow(string table, TransactionSnapshot? floor)
{
    /// <summary>Keys that are noted; with more of them the chunk is read again.</summary>
    private const int MaxChangedKeys = 1_000_000;
    private readonly HashSet<byte[]> _changed = new(KeyBytes.Comparer);
    private readonly TaskCompletionSource<(ChunkOutcome Outcome, ulong EndLsn)> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Names the window in its messages; nobody can guess it.</summary>
    public string Id { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public string Table { get; } = table;

    /// <summary>The rows; set before the high watermark is written.</summary>
    public Chunk? Chunk { get; set; }

    /// <summary>What its rows see at least; null where nothing is known.</summary>
    public TransactionSnapshot? Sees => Chunk?.Snapshot ?? floor;

    /// <summary>Where the low watermark stands, once it was read; the version of every row.</summary>
    public Position? Low { get; set; }

    /// <summary>True if so much changed that nothing of the chunk can be used.</summary>
    public bool IsStale { get; private set; }

    /// <summary>True once nobody waits for it any more: what is left of it in the WAL means nothing.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Ends with the session, or once the high watermark's transaction was read.</summary>
    public Task<(ChunkOutcome Outcome, ulong EndLsn)> Outcome => _outcome.Task;

    /// <summary>A row changed.</summary>
    public void Change(ReadOnlySpan<byte> key)
    {
        if (_changed.Count >= MaxChangedKeys) IsStale = true;
        else _changed.GetAlternateLookup<ReadOnlySpan<byte>>().Add(key);
    }

    /// <summary>The table was emptied, or is no longer what it was.</summary>
    public void ChangeAll() => IsStale = true;

    /// <summary>True if the table changed since the low watermark.</summary>
    public bool HasChanges => IsStale || _changed.Count > 0;

    /// <summary>True if the row with that key changed since the low watermark.</summary>
    public bool HasChanged(ReadOnlySpan<byte> key) => _changed.Count > 0 && _changed.GetAlternateLookup<ReadOnlySpan<byte>>().Contains(key);

    public void Complete(ChunkOutcome outcome, ulong endLsn) => _outcome.TrySetResult((outcome, endLsn));

    /// <summary>A row of it can't be published.</summary>
    public void Fail(Exception why) => _outcome.TrySetException(why);

    /// <summary>Nobody waits for it any more.</summary>
    public void Close() => IsClosed = true;

    public void Cancel() => _outcome.TrySetCanceled();
}
