using System.Data;
using Npgsql;

namespace Nova.Events.Inbox.Storing;

/// <summary>Faults that say nothing about a record: the same transaction may succeed later.</summary>
internal static class PassingFault
{
    /// <summary>True where the database was away, busy, or chose the transaction to give way to another.</summary>
    public static bool Is(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is PostgresException answer) return IsPassing(answer.SqlState);
            if (exception is NpgsqlException { IsTransient: true } && !IsOfStatement(exception)) return true;
        }

        return false;
    }

    /// <summary>True where the connection is gone, so that whatever was thrown comes of that.</summary>
    public static bool IsLost(NpgsqlConnection? connection) => connection is not null && connection.FullState is var state && (state.HasFlag(ConnectionState.Broken) || !state.HasFlag(ConnectionState.Open));

    // A statement that took too long may do so for ever, and the connection is still there; where it is not, that tells. A wait for a connection (a pool that is
    // empty, a server that does not answer) is no statement.
    private static bool IsOfStatement(Exception exception) => exception.InnerException is TimeoutException && exception.Message.EndsWith(" stream", StringComparison.Ordinal);

    // Classes 08 (connection) and 53 (resources); 25P03: it rested for too long; 40: serialization, deadlock, lost; 55P03: lock timeout; 57P: shutdown, crash, start.
    private static bool IsPassing(string state) =>
        state is "25P03" or "25P04" or "55P03" || state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal)
        || state is "40001" or "40003" or "40P01" || state.StartsWith("57P", StringComparison.Ordinal);
}
