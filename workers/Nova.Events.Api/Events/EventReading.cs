using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Contracts.Social;
using Nova.Events.Kafka.Publishing;

namespace Nova.Events.Api.Events;

/// <summary>Makes a record of an event, or says what is wrong with it.</summary>
internal sealed class EventReading(IOptions<ApiOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Past = TimeSpan.FromDays(7);
    private static readonly TimeSpan Future = TimeSpan.FromMinutes(5);
    private static readonly string Types = string.Join(", ", ClientEventTypes.All);

    /// <summary>The record of the event at <paramref name="index"/>, or the answer that refuses it.</summary>
    public (PublishRecord? Record, EventAnswer Answer) Read(BatchItem item, int index, string tenant)
    {
        if (index >= options.Value.MaxBatchEvents)
            return Refuse(index, null, 413, "batch_full", $"A batch takes {options.Value.MaxBatchEvents} events. Send this one in another.");
        if (item.Json is not { } json)
            return Refuse(index, null, 400, "not_json", "The body stops being JSON here. This event and what follows was not read.");
        if (json.Length > options.Value.MaxEventBytes)
            return Refuse(index, null, 413, "too_large", $"The event has {json.Length} bytes, an event takes {options.Value.MaxEventBytes}.");
        return Parse(json.Span, out var code, out var detail) is { } incoming
            ? Check(incoming, index, tenant)
            : Refuse(index, null, 400, code, detail);
    }

    private static IncomingEvent? Parse(ReadOnlySpan<byte> json, out string code, out string detail)
    {
        (code, detail) = ("not_an_object", "An event is a JSON object.");
        try
        {
            return JsonSerializer.Deserialize(json, ApiJson.Default.IncomingEvent);
        }
        catch (JsonException exception)
        {
            // The exception's own text quotes the payload; its path only names a field.
            (code, detail) = exception.Path is null or "$" ? (IsJson(json) ? (code, detail) : ("not_json", "The event is not JSON."))
                : IsJson(json) ? ("invalid", $"The value of {exception.Path[2..]} has the wrong type.") : ("not_json", "The event is not JSON.");
            return null;
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private (PublishRecord?, EventAnswer) Check(IncomingEvent incoming, int index, string tenant)
    {
        if (incoming.Type is null || !ClientEventTypes.All.Contains(incoming.Type, StringComparer.Ordinal))
            return Refuse(index, incoming.Id, 400, "unknown_type", $"The type must be one of {Types}.");
        if (incoming.UserId is not > 0) return Refuse(index, incoming.Id, 400, "invalid", "user_id must be above 0.");
        if (incoming.PostId is not > 0) return Refuse(index, incoming.Id, 400, "invalid", "post_id must be above 0.");
        if (incoming.AuthorId is < 0) return Refuse(index, incoming.Id, 400, "invalid", "author_id must not be below 0.");
        var id = Guid.CreateVersion7();
        if (incoming.Id is not null && (!Guid.TryParse(incoming.Id, out id) || id == Guid.Empty))
            return Refuse(index, null, 400, "invalid", "id must be a UUID.");
        var clientEvent = new ClientEvent(incoming.UserId.Value, incoming.PostId.Value, incoming.AuthorId ?? 0, Clamp(incoming.OccurredAt));
        return (Record(clientEvent, incoming.Type, id, tenant), new EventAnswer(index, id.ToString(), 202, "accepted"));
    }

    private DateTimeOffset Clamp(DateTimeOffset? occurredAt)
    {
        var now = time.GetUtcNow();
        if (occurredAt is not { } at) return now;
        return (at < now - Past ? now - Past : at > now + Future ? now + Future : at).ToUniversalTime();
    }

    private PublishRecord Record(ClientEvent clientEvent, string type, Guid id, string tenant)
    {
        List<RecordHeader> headers =
        [
            new(HeaderNames.Id, Encoding.UTF8.GetBytes(id.ToString())),
            new(HeaderNames.EventType, Encoding.UTF8.GetBytes(type)),
            new(HeaderNames.OccurredAt, Encoding.UTF8.GetBytes(clientEvent.OccurredAt.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture))),
        ];
        if (tenant.Length > 0) headers.Add(new(HeaderNames.Tenant, Encoding.UTF8.GetBytes(tenant)));
        var key = Encoding.UTF8.GetBytes(clientEvent.UserId.ToString(CultureInfo.InvariantCulture));
        return new PublishRecord(options.Value.ClientTopic, key, JsonSerializer.SerializeToUtf8Bytes(clientEvent, EventJson.Default.ClientEvent), headers);
    }

    private static (PublishRecord?, EventAnswer) Refuse(int index, string? id, int status, string code, string detail)
    {
        ApiMetrics.Rejected.Add(1, ApiMetrics.Reason(code));
        return (null, new EventAnswer(index, Guid.TryParse(id, out var known) ? known.ToString() : null, status, code, detail));
    }
}
