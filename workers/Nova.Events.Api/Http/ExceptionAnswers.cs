using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nova.Events.Api.Sources;
using Npgsql;

namespace Nova.Events.Api.Http;

/// <summary>What is left of an exception for the caller: 503 while a server is away, 500 otherwise, neither with internals.</summary>
internal sealed class ExceptionAnswers(IOptions<ApiOptions> options, ILogger<ExceptionAnswers> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is BadHttpRequestException) return false;
        if (AwayOf(exception) is not { } source)
        {
            ApiLog.RequestFailed(logger, exception, httpContext.Request.Method, RequestLog.RouteOf(httpContext));
            return false;
        }

        ApiLog.SourceAway(logger, httpContext.Request.Method, RequestLog.RouteOf(httpContext), exception.Message);
        await Problems.Unavailable(httpContext, options.Value.RetryAfter, $"{source} is away.").ExecuteAsync(httpContext);
        return true;
    }

    private static string? AwayOf(Exception exception) => exception switch
    {
        SourceUnavailableException away => away.SourceName,
        PostgresException { IsTransient: false } => null,
        NpgsqlException => "PostgreSQL",
        _ => null,
    };
}
