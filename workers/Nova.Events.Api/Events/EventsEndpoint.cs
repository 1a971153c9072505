using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nova.Events.Api.Http;
using Nova.Events.Kafka.Publishing;

namespace Nova.Events.Api.Events;

/// <summary>Intake of client events.</summary>
internal static class EventsEndpoint
{
    public static void MapEvents(this IEndpointRouteBuilder api) => api.MapPost("/events", PostAsync)
        .WithName("PostEvents")
        .WithSummary("Takes a batch of client events; answers for each. 202: Kafka has all of them. 207: see each event.")
        .Accepts<IncomingEvent[]>("application/json", "application/x-ndjson")
        .Produces<BatchAnswer>(StatusCodes.Status202Accepted)
        .Produces<BatchAnswer>(StatusCodes.Status207MultiStatus)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> PostAsync(
        HttpContext context, [FromHeader(Name = TenantHeader.Name)] string? tenant, EventReading reading, EventPublishing publishing,
        IOptions<ApiOptions> options, TimeProvider time, ILogger<EventPublishing> logger)
    {
        var started = time.GetTimestamp();
        if (PublishBudget.Of(context.Request, options.Value) is not { } budget)
            return Problems.Invalid($"wait_ms takes 1 to {options.Value.MaxPublishBudget.TotalMilliseconds:0} milliseconds, Prefer: wait whole seconds of at most that.");
        if (await BodyAsync(context, options.Value.MaxBatchBytes) is not { } body)
            return Problems.TooLarge($"A batch takes {options.Value.MaxBatchBytes} bytes. Send fewer events in a call.");
        var lines = context.Request.ContentType?.StartsWith("application/x-ndjson", StringComparison.OrdinalIgnoreCase) == true;
        if (EventBatch.Split(body, lines) is not { Count: > 0 } items)
            return Problems.Invalid("The body must be a JSON array of events, an object with such an array 'events', or (application/x-ndjson) an event a line; at least one.");

        var answers = new EventAnswer[items.Count];
        List<(int Index, PublishRecord Record)> records = [];
        for (var index = 0; index < items.Count; index++)
        {
            (var record, answers[index]) = reading.Read(items[index], index, tenant ?? "");
            if (record is not null) records.Add((index, record));
        }

        var outcomes = await publishing.PublishAsync([.. records.Select(record => record.Record)], budget);
        for (var i = 0; i < records.Count; i++) answers[records[i].Index] = Answer(answers[records[i].Index], outcomes[i]);
        var answer = BatchAnswer.Of(answers);
        ApiLog.EventsTaken(logger, answer.Accepted, answer.Rejected, answer.Unacknowledged, time.GetElapsedTime(started).TotalMilliseconds);
        return ToResult(context, answer, options.Value.RetryAfter);
    }

    private static EventAnswer Answer(EventAnswer accepted, PublishOutcome outcome) => outcome switch
    {
        PublishOutcome.Acknowledged => accepted,
        PublishOutcome.Refused => accepted with { Status = 422, Code = "refused", Detail = "Kafka does not take this event." },
        PublishOutcome.NotAcknowledged => accepted with
        {
            Status = 503, Code = "not_acknowledged", Detail = "Not acknowledged in time; it may still arrive. Send it again with the same id.",
        },
        _ => accepted with { Status = 503, Code = "unavailable", Detail = "Not taken now. Send it again with the same id." },
    };

    private static IResult ToResult(HttpContext context, BatchAnswer answer, TimeSpan retryAfter)
    {
        if (answer.Unacknowledged > 0) Problems.SetRetryAfter(context, retryAfter);
        if (answer.Accepted == answer.Events.Count) return Results.Json(answer, ApiJson.Default.BatchAnswer, statusCode: StatusCodes.Status202Accepted);
        if (answer.Accepted > 0) return Results.Json(answer, ApiJson.Default.BatchAnswer, statusCode: StatusCodes.Status207MultiStatus);
        var extensions = new Dictionary<string, object?> { ["events"] = answer.Events };
        if (answer.Unacknowledged > 0)
            return Problems.Unavailable(context, retryAfter, "Kafka has acknowledged none of the events. Send them again with the same ids.", extensions);
        var status = answer.Events.All(each => each.Status == answer.Events[0].Status) ? answer.Events[0].Status : StatusCodes.Status400BadRequest;
        return Results.Problem("None of the events can be taken.", statusCode: status, title: "The events are not valid.", extensions: extensions);
    }

    private static async Task<ReadOnlyMemory<byte>?> BodyAsync(HttpContext context, int limit)
    {
        if (context.Request.ContentLength > limit) return null;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature) feature.MaxRequestBodySize = (long)limit + 1;
        using var body = new MemoryStream((int)(context.Request.ContentLength ?? 4_096));
        var buffer = new byte[16_384];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            if (body.Length + read > limit) return null;
            body.Write(buffer, 0, read);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
