using System.Globalization;
using Nova.Events.Postgres.Wal.Wire;
using Npgsql;

namespace Nova.Events.Postgres.Slots;

/// <summary>
/// A slot that was just made, with the snapshot of its beginning: what the snapshot shows was committed before, what the slot delivers commits
/// after, and nothing falls between. The snapshot lasts as long as this does.
/// </summary>
public sealed class NewSlot : IDisposable
{
    private const int FailoverSince = 17;
    private readonly ReplicationWire _wire;

    private NewSlot(ReplicationWire wire, SourceIdentity source, ulong startLsn, string snapshot) => (_wire, Source, StartLsn, Snapshot) = (wire, source, startLsn, snapshot);

    /// <summary>The database cluster.</summary>
    public SourceIdentity Source { get; }

    /// <summary>Where it begins.</summary>
    public ulong StartLsn { get; }

    /// <summary>Name for <c>SET TRANSACTION SNAPSHOT</c>.</summary>
    public string Snapshot { get; }

    /// <summary>Makes the slot; waits for transactions that run at the time.</summary>
    /// <exception cref="PostgresException">It exists, or the server has no room for another one.</exception>
    public static Task<NewSlot> CreateAsync(string connectionString, string slot, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            var wire = ReplicationWire.Open(connectionString);
            try
            {
                var source = SourceIdentity.Read(wire);
                var version = int.Parse(wire.Query("SHOW server_version_num")[0][0]!, CultureInfo.InvariantCulture) / 10_000;
                var options = version >= FailoverSince ? "(SNAPSHOT 'export', FAILOVER true)" : "EXPORT_SNAPSHOT";
                var made = wire.Query($"CREATE_REPLICATION_SLOT \"{slot}\" LOGICAL pgoutput {options}")[0];
                return new NewSlot(wire, source, Lsn.Parse(made[1]!), made[2]!);
            }
            catch
            {
                wire.Dispose();
                throw;
            }
        },
        cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _wire.Dispose();
}
