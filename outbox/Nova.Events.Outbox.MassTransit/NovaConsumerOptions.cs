using System.Data.Common;
using System.Net.Sockets;

namespace Nova.Events.Outbox.MassTransit;

/// <summary>What becomes of a record whose consumer threw, after MassTransit's own retries.</summary>
public sealed class NovaConsumerOptions
{
    /// <summary>How often a record is handed to the consumer before it becomes a dead letter; what passes by itself does not count. 1 to 1,000, default 5.</summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>
    /// Whether an error passes by itself, so that the record is tried again for as long as it takes. By default a database that is away or asks for
    /// another try, a timeout and a broken connection.
    /// </summary>
    public Func<Exception, bool> IsPassing { get; set; } = Passes;

    /// <summary>The default of <see cref="IsPassing"/>: of the exception or what it wraps.</summary>
    public static bool Passes(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
            if (cause is DbException { IsTransient: true } or TimeoutException or SocketException or HttpRequestException or IOException) return true;
        return false;
    }

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxAttempts, 1_000);
    }
}
