using System.Net.Sockets;
using Nova.Events.Postgres.Slots;
using Npgsql;

namespace Nova.Events.Postgres;

/// <summary>PostgreSQL can't be reached, or refuses the login; the message names the remedy.</summary>
public sealed class PostgresUnavailableException(string message, Exception? inner) : Exception(message, inner);

/// <summary>Turns what Npgsql throws into errors that name the remedy.</summary>
public static class PostgresErrors
{
    /// <summary>The typed error for <paramref name="exception"/>; null where it is none of the known ones.</summary>
    public static Exception? Translate(Exception exception, string connectionString, string? slot = null) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.ObjectInUse } inUse => new SlotInUseException(slot ?? "?", inUse),
        PostgresException { SqlState: PostgresErrorCodes.UndefinedObject } missing when missing.MessageText.Contains("replication slot", StringComparison.Ordinal) =>
            new SlotMissingException(slot ?? "?", missing),
        PostgresException { SqlState: PostgresErrorCodes.ObjectNotInPrerequisiteState } lost when slot is not null => new SlotLostException(slot, lost),
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } login =>
            new PostgresUnavailableException($"PostgreSQL at {Address(connectionString)} refused the login: {login.MessageText}. Set user name and password in Relay:ConnectionString (NOVA_POSTGRES).", login),
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } database =>
            new PostgresUnavailableException($"PostgreSQL at {Address(connectionString)}: {database.MessageText}. Create it, or name another in Relay:ConnectionString (NOVA_POSTGRES).", database),
        NpgsqlException { InnerException: SocketException or TimeoutException or IOException } unreachable =>
            new PostgresUnavailableException($"PostgreSQL at {Address(connectionString)} can't be reached: {unreachable.InnerException!.Message}. Start it, or set Relay:ConnectionString (NOVA_POSTGRES).", unreachable),
        IOException or SocketException => new PostgresUnavailableException($"PostgreSQL at {Address(connectionString)} can't be reached: {exception.Message} Start it, or set Relay:ConnectionString (NOVA_POSTGRES).", exception),
        _ => null,
    };

    private static string Address(string connectionString)
    {
        var address = new NpgsqlConnectionStringBuilder(connectionString);
        return $"{address.Host}:{address.Port}/{address.Database}";
    }
}
