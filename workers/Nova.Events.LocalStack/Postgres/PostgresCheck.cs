using System.Net.Sockets;
using Npgsql;

namespace Nova.Events.LocalStack.Postgres;

internal static class PostgresCheck
{
    /// <summary>Does it take connections?</summary>
    public static async Task<bool> AnswersAsync(string connectionString, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(Probing(connectionString));
            await connection.OpenAsync(cancellationToken);
            return true;
        }
        catch (Exception notYet) when (notYet is NpgsqlException or SocketException or TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Is it a server that the relay can read?</summary>
    public static async Task<string> GivenAsync(string connectionString, string givenBy, CancellationToken cancellationToken)
    {
        NpgsqlConnectionStringBuilder parts;
        try
        {
            parts = new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException problem)
        {
            throw new LocalServersException($"{givenBy} is not an Npgsql connection string ({problem.Message}). Write it like Host=db;Port=5432;Username=nova;Password=...;Database=nova.", problem);
        }
        var address = $"{parts.Host}:{parts.Port}";
        try
        {
            await using var connection = new NpgsqlConnection(Probing(connectionString));
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand("SHOW wal_level", connection);
            return (string?)await command.ExecuteScalarAsync(cancellationToken) == "logical"
                ? address
                : throw new LocalServersException($"PostgreSQL at {address} ({givenBy}) cannot be captured: set wal_level = logical in its configuration and restart it.");
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            throw new LocalServersException($"PostgreSQL at {address} refused user '{parts.Username}': correct user and password in {givenBy}, or its pg_hba.conf. It said: {refused.MessageText}", refused);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            throw new LocalServersException($"PostgreSQL at {address} has no database '{parts.Database}': create it, or correct {givenBy}.", refused);
        }
        catch (Exception unreachable) when (unreachable is NpgsqlException or SocketException or TimeoutException)
        {
            throw new LocalServersException($"PostgreSQL at {address} ({givenBy}) does not answer: start it, correct the address, or unset {givenBy} to have one started here. Cause: {unreachable.Message}", unreachable);
        }
    }

    private static string Probing(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Timeout = 5 }.ConnectionString;
}
