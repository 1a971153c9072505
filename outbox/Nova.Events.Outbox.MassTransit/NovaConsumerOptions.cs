using System.Data.Common;
using System.Net;
using System.Net.Sockets;

namespace Nova.Events.Outbox.MassTransit;

/// <summary>What becomes of a record whose consumer threw, after MassTransit's own retries.</summary>
public sealed class NovaConsumerOptions
{
    /// <summary>How often a record is handed to the consumer before it becomes a dead letter; what passes by itself does not count. 1 to 1,000, default 5.</summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>
    /// Whether an error passes by itself, so that the record is tried again for as long as it takes. By default a database that is away or asks for
    /// another try, a timeout, a broken connection, and an HTTP service that does not answer or answers 408, 429 or 5xx.
    /// </summary>
    public Func<Exception, bool> IsPassing { get; set; } = Passes;

    /// <summary>The default of <see cref="IsPassing"/>: of the exception or what it wraps.</summary>
    public static bool Passes(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
            if (cause is DbException { IsTransient: true } or TimeoutException or SocketException || cause is HttpRequestException http && Passes(http.StatusCode)) return true;
        return false;
    }

    /// <summary>No answer, or one that says later; what is wrong with the request stays wrong.</summary>
    private static bool Passes(HttpStatusCode? answer) => answer is null or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxAttempts, 1_000);
    }
}
