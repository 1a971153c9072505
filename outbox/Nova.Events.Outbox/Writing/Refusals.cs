using Npgsql;

namespace Nova.Events.Outbox.Writing;

/// <summary>Turns a violated constraint of the outbox or of the event streams into the error that names the remedy.</summary>
internal static class Refusals
{
    /// <summary>Begins the text whose cast fails while polling is enabled.</summary>
    public const string IsPolled = "messages without the table are refused by trigger ";

    /// <summary>Executes; returns the rows written.</summary>
    public static async Task<int> ExecuteOrRefuseAsync(this NpgsqlCommand command, CancellationToken cancellationToken)
    {
        try
        {
            return await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException exception) when (Of(exception) is { } refusal)
        {
            throw refusal;
        }
    }

    /// <summary>The typed error for <paramref name="exception"/> or for what it wraps; null where it is none.</summary>
    public static Exception? Of(Exception? exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is PostgresException { SqlState: PostgresErrorCodes.CheckViolation, SchemaName: "nova", ConstraintName: { } constraint } violation && IsOwn(violation.TableName))
                return constraint is "payload_at_most_1_mb" or "record_at_most_2_mb"
                    ? new PayloadTooLargeException(constraint, exception)
                    : MessageRefusedException.For(constraint, exception);
            if (cause is PostgresException { SqlState: PostgresErrorCodes.InvalidTextRepresentation } cast && cast.MessageText.Contains(IsPolled, StringComparison.Ordinal))
                return MessageRefusedException.For("outbox_is_polled", exception);
        }

        return null;
    }

    /// <summary>Raised by our tables, their partitions, or a function, which names no table. A service may have tables of its own in schema nova.</summary>
    private static bool IsOwn(string? table) =>
        table is null or "stream_events" or "outbox" || table.StartsWith("outbox_", StringComparison.Ordinal);
}
