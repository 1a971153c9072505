using Microsoft.Extensions.Logging;
using Nova.Events.Postgres.Capture;
using Nova.Events.Relay.Snapshots;
using Npgsql;

namespace Nova.Events.Relay.Capturing;

/// <summary>
/// Keeps the publication to what is configured: a table that is missing there, or was dropped and made anew, is added, and read once in the same
/// breath, so that what it held before is not missed. What a table lacks is told once.
/// </summary>
internal sealed class CaptureSetup(RelayOptions options, NpgsqlDataSource database, ILogger logger)
{
    private readonly HashSet<CaptureRefusal> _told = [];

    /// <summary>Looks once.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var refusals = await new Publication(database, options.Capture.Publication).EnsureAsync(options.Capture.Tables.Keys, RequestAsync, cancellationToken);
        foreach (var refusal in refusals.Where(_told.Add)) RelayLog.CaptureRefused(logger, options.Source, refusal.Table, refusal.Reason);
        _told.IntersectWith(refusals);
    }

    private Task RequestAsync(NpgsqlConnection connection, string table) =>
        options.SnapshotOf(table) == InitialSnapshot.Once ? SnapshotStore.RequestAsync(connection, table) : Task.CompletedTask;
}
