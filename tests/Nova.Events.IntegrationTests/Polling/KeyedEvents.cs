using System.Globalization;
using System.Text;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Relay;
using Nova.Events.Outbox;
using Npgsql;
using Shouldly;

namespace Nova.Events.IntegrationTests.Polling;

/// <summary>
/// Events whose type is a number of their key that is taken under the key's own row lock: so the numbers of a key stand in the order of the commits, without a gap.
/// </summary>
internal static class KeyedEvents
{
    public const int Keys = 12;

    public static Task PrepareAsync(PollingRig rig) => rig.Database.ExecuteAsync(
        $"CREATE TABLE counters (key integer PRIMARY KEY, n bigint NOT NULL); INSERT INTO counters SELECT key, 0 FROM generate_series(0, {Keys - 1}) key");

    /// <summary>Writes until the stop: transactions of several keys, some rolled back, some to a savepoint.</summary>
    public static async Task WriteUntilAsync(PollingRig rig, int seed, CancellationToken stop)
    {
        var random = new Random(seed);
        await using var connection = await rig.Database.DataSource.OpenConnectionAsync(CancellationToken.None);
        while (!stop.IsCancellationRequested)
        {
            await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
            try
            {
                var keys = Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(Keys)).Distinct().Order().ToList();
                foreach (var key in keys) await EmitNextAsync(transaction, key);
                if (random.Next(3) == 0)
                {
                    await transaction.SaveAsync("point", CancellationToken.None);
                    await EmitNextAsync(transaction, keys[^1]);
                    await transaction.RollbackAsync("point", CancellationToken.None);
                    await EmitNextAsync(transaction, keys[^1]);
                }

                if (random.Next(5) == 0) await transaction.RollbackAsync(CancellationToken.None);
                else await transaction.CommitAsync(CancellationToken.None);
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DeadlockDetected)
            {
                // Two keys may share a lock: PostgreSQL ends one of the two, as docs/polling.md says.
            }
        }
    }

    /// <summary>Transactions of up to three events of few keys, in any order, that take a moment between emission and commit.</summary>
    public static async Task WriteUnserialisedAsync(PollingRig rig, int seed, int transactions)
    {
        var random = new Random(seed);
        await using var connection = await rig.Database.DataSource.OpenConnectionAsync();
        for (var i = 0; i < transactions; i++)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            try
            {
                await transaction.EmitAsync([.. Enumerable.Range(0, random.Next(1, 4)).Select(n => Messages.Post($"E{seed}.{i}.{n}", $"{random.Next(4)}"))]);
                await using var moment = new NpgsqlCommand("SELECT pg_sleep(random() * 0.004)", connection, transaction);
                await moment.ExecuteNonQueryAsync();
                if (random.Next(6) == 0) await transaction.RollbackAsync();
                else await transaction.CommitAsync();
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DeadlockDetected)
            {
                // As above.
            }
        }
    }

    /// <summary>Fails unless the log delivers, of each key, all that was committed, in order.</summary>
    public static async Task DeliveredInOrderAsync(PollingRig rig, IReadOnlyList<ConsumedRecord> log)
    {
        var delivered = PollingRig.Delivered(log).GroupBy(record => Encoding.UTF8.GetString(record.Key!)).ToDictionary(records => records.Key, records => records.ToList());
        await using var command = rig.Database.DataSource.CreateCommand("SELECT key, n FROM counters");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var types = delivered.GetValueOrDefault(reader.GetInt32(0).ToString(CultureInfo.InvariantCulture), []).Select(RelayRig.TypeOf);
            types.ShouldBe(Enumerable.Range(1, (int)reader.GetInt64(1)).Select(n => $"E{n}"), $"key {reader.GetInt32(0)}");
        }
    }

    public static Task<long> WrittenAsync(PollingRig rig) => rig.Database.ScalarAsync<long>("SELECT sum(n)::bigint FROM counters");

    private static async Task EmitNextAsync(NpgsqlTransaction transaction, int key)
    {
        await using var next = new NpgsqlCommand($"UPDATE counters SET n = n + 1 WHERE key = {key} RETURNING n", transaction.Connection, transaction);
        var number = (long)(await next.ExecuteScalarAsync())!;
        await transaction.EmitAsync(Messages.Post($"E{number}", key.ToString(CultureInfo.InvariantCulture)));
    }
}
