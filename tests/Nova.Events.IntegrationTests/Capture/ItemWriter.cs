using Nova.Events.IntegrationTests.Relay;
using Npgsql;

namespace Nova.Events.IntegrationTests.Capture;

/// <summary>Changes items in all ways until it is stopped.</summary>
internal static class ItemWriter
{
    private const string Change = """
        WITH r AS (SELECT (random() * (SELECT max(id) FROM items WHERE id < 1000000))::bigint AS id, random() AS way)
        , u AS (UPDATE items SET n = n + 1 FROM r WHERE items.id = r.id AND way < 0.6 RETURNING 1)
        , d AS (DELETE FROM items USING r WHERE items.id = r.id AND way >= 0.6 AND way < 0.75 RETURNING 1)
        , k AS (UPDATE items SET id = -items.id FROM r WHERE items.id = r.id AND way >= 0.75 AND way < 0.8 RETURNING 1)
        , i AS (INSERT INTO items SELECT nextval('new_items'), 0, 'new' FROM r WHERE way >= 0.8 RETURNING 1)
        SELECT (SELECT count(*) FROM u) + (SELECT count(*) FROM i) + 2 * (SELECT count(*) FROM d) + 3 * (SELECT count(*) FROM k)
        """;

    /// <returns>Records that its changes make.</returns>
    public static async Task<int> RunAsync(RelayRig rig, int writer, CancellationToken stop)
    {
        await using var connection = await rig.Database.DataSource.OpenConnectionAsync(CancellationToken.None);
        await using (var sequence = new NpgsqlCommand($"CREATE TEMP SEQUENCE new_items START {(writer * 1_000_000_000L) + 1}", connection)) await sequence.ExecuteNonQueryAsync(CancellationToken.None);
        var records = 0L;
        while (!stop.IsCancellationRequested)
        {
            await using var change = new NpgsqlCommand(Change, connection);
            try
            {
                records += (long)(await change.ExecuteScalarAsync(CancellationToken.None))!;
            }
            catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected)
            {
                // The other writer was first.
            }
        }

        return (int)records;
    }
}
