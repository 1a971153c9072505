using Microsoft.Extensions.Logging;
using Nova.Events.Postgres.Capture;
using Nova.Events.Postgres.Snapshots;
using Nova.Events.Relay.Capturing;
using Nova.Events.Relay.Sessions;
using Npgsql;

namespace Nova.Events.Relay.Snapshots;

/// <summary>Makes the snapshots that were asked for, beside the session whose WAL carries their watermarks.</summary>
internal sealed class SnapshotLoop(RelayOptions options, RelaySession session, CaptureSetup capture, NpgsqlDataSource database, RelayMetrics metrics, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly string[] Runnable = ["requested", "running"];
    private readonly SnapshotStore _store = new(database);
    private readonly Dictionary<string, Task> _running = new(StringComparer.Ordinal);
    private long? _lookedForTables;
    private string? _failure;

    /// <summary>Runs until cancelled; never throws.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        try
        {
            do await TryLookAsync(cancellationToken);
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The session ended.
        }

        await Task.WhenAll(_running.Values);
    }

    private async Task TryLookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken);
            _failure = null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Without the table, or without the right to it, there are no snapshots; all else goes on.
            var remedy = exception is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InsufficientPrivilege } ? "; 'nova schema up' makes the table and grants it to nova_relay" : "";
            if (_failure != exception.Message) RelayLog.SnapshotsUnavailable(logger, options.Source, exception.Message + remedy);
            _failure = exception.Message;
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var ended in _running.Where(run => run.Value.IsCompleted).Select(run => run.Key).ToList()) _running.Remove(ended);
        if (_running.Count == 0) session.Delivered.Rest();
        await RequestFirstAsync(cancellationToken);
        foreach (var request in await _store.ListAsync(Runnable, cancellationToken))
        {
            if (_running.Count >= options.Snapshots.Parallel) return;
            if (!_running.ContainsKey(request.Table)) _running[request.Table] = RunAsync(request, cancellationToken);
        }
    }

    /// <summary>A table whose capture has begun is read once.</summary>
    private async Task RequestFirstAsync(CancellationToken cancellationToken)
    {
        if (_lookedForTables is { } at && time.GetElapsedTime(at) < options.Capture.CheckInterval) return;
        if (_lookedForTables is not null) await capture.EnsureAsync(cancellationToken);
        var tables = await new Publication(database, options.Capture.Publication).TablesAsync(cancellationToken);
        await _store.RequestFirstAsync(tables.Where(table => options.SnapshotOf(table) == InitialSnapshot.Once), cancellationToken);
        _lookedForTables = time.GetTimestamp();
    }

    private async Task RunAsync(SnapshotRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await SettleAsync(request, cancellationToken);
            RelayLog.SnapshotStarted(logger, options.Source, request.Table, request.Id, request.Rows);
            if (!await new TableSnapshot(request, options, session, database, _store, metrics, time).RunAsync(cancellationToken)) return;
            await _store.EndAsync(request.Id, "done", null, cancellationToken);
            RelayLog.SnapshotEnded(logger, options.Source, request.Table, request.Id);
        }
        catch (SnapshotRefusedException refused)
        {
            RelayLog.SnapshotFailed(logger, options.Source, request.Table, request.Id, refused.Message);
            await TryEndAsync(request, refused.Message, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The session ended; the next one goes on.
        }
        catch (Exception exception)
        {
            // The next look goes on from the last chunk.
            RelayLog.SnapshotInterrupted(logger, options.Source, request.Table, request.Id, exception.Message);
        }
    }

    private async Task SettleAsync(SnapshotRequest request, CancellationToken cancellationToken)
    {
        session.Delivered.Track();
        await new OpenTransactions(database, time).EndAsync(
            open => _store.WaitAsync(request.Id, $"waits for transactions that were open when it began: {string.Join(", ", open)}", cancellationToken), cancellationToken);
    }

    private async Task TryEndAsync(SnapshotRequest request, string reason, CancellationToken cancellationToken)
    {
        try
        {
            await _store.EndAsync(request.Id, "failed", reason, cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException)
        {
            // It is tried, and refused, once more.
        }
    }
}
