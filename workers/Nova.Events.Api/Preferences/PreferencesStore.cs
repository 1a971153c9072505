using Nova.Events.Contracts.Social;
using Nova.Events.Outbox;
using Npgsql;

namespace Nova.Events.Api.Preferences;

/// <summary>Preferences in PostgreSQL.</summary>
internal sealed class PreferencesStore(NpgsqlDataSource database)
{
    /// <summary>A user's preferences and their version, of one snapshot; the defaults at version 0 for a user without a row.</summary>
    public async Task<VersionedPreferences> LoadAsync(string tenant, long userId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await LoadAsync(connection, tenant, userId, cancellationToken);
    }

    /// <summary>Writes the next version and emits its event, both or neither; returns what was written.</summary>
    public async Task<VersionedPreferences> SaveAsync(string tenant, long userId, UserPreferences preferences, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var before = await LoadAsync(connection, tenant, userId, cancellationToken);
        var version = await WriteAsync(connection, tenant, userId, preferences, cancellationToken);
        var changed = new UserPreferenceChanged(userId, version, Changed(before.Preferences, preferences));
        await transaction.EmitAsync(OutboxMessage.Of(changed) with { Tenant = tenant }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new VersionedPreferences(userId, version, preferences);
    }

    private static async Task<VersionedPreferences> LoadAsync(NpgsqlConnection connection, string tenant, long userId, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, PreferencesQueries.Load, tenant, userId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return new VersionedPreferences(userId, 0, UserPreferences.Default);
        var preferences = new UserPreferences(
            reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetFieldValue<long[]>(4), reader.GetFieldValue<string[]>(5));
        return new VersionedPreferences(userId, reader.GetInt64(0), preferences);
    }

    private static async Task<long> WriteAsync(
        NpgsqlConnection connection, string tenant, long userId, UserPreferences preferences, CancellationToken cancellationToken)
    {
        await using var write = Command(connection, PreferencesQueries.Write, tenant, userId, preferences.Language, preferences.Timezone, preferences.Theme);
        var version = (long)(await write.ExecuteScalarAsync(cancellationToken))!;
        await using var blocks = Command(connection, PreferencesQueries.ReplaceBlocks, tenant, userId, preferences.BlockedUsers.ToArray());
        await blocks.ExecuteNonQueryAsync(cancellationToken);
        await using var interests = Command(connection, PreferencesQueries.ReplaceInterests, tenant, userId, preferences.Interests.ToArray());
        await interests.ExecuteNonQueryAsync(cancellationToken);
        return version;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    private static List<string> Changed(UserPreferences before, UserPreferences after)
    {
        List<string> changed = [];
        if (before.Language != after.Language) changed.Add("language");
        if (before.Timezone != after.Timezone) changed.Add("timezone");
        if (before.Theme != after.Theme) changed.Add("theme");
        if (!before.BlockedUsers.SequenceEqual(after.BlockedUsers)) changed.Add("blocked_users");
        if (!before.Interests.SequenceEqual(after.Interests, StringComparer.Ordinal)) changed.Add("interests");
        return changed;
    }
}
