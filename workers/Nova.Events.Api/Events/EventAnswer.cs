using System.Text.Json.Serialization;

namespace Nova.Events.Api.Events;

/// <summary>What became of one event of a batch.</summary>
/// <param name="Index">Its place in the batch, from 0.</param>
/// <param name="Id">Its id, the client's or a new one; null where it could not be read. An event that is sent again keeps its id.</param>
/// <param name="Status">202 Kafka has it; 400, 413, 422 never sent; 503 not acknowledged, send it again with the same id.</param>
/// <param name="Code">accepted, not_json, not_an_object, unknown_type, invalid, too_large, batch_full, refused, not_acknowledged, unavailable.</param>
/// <param name="Detail">What to change, where something is wrong.</param>
internal sealed record EventAnswer(int Index, string? Id, int Status, string Code, string? Detail = null)
{
    [JsonIgnore] public bool IsAccepted => Status == 202;

    [JsonIgnore] public bool IsUnavailable => Status == 503;
}

/// <summary>What became of a batch.</summary>
/// <param name="Accepted">Events that Kafka has acknowledged.</param>
/// <param name="Rejected">Events that will never be taken as they are.</param>
/// <param name="Unacknowledged">Events to be sent again.</param>
/// <param name="Events">Each of them, in the order of the batch.</param>
internal sealed record BatchAnswer(int Accepted, int Rejected, int Unacknowledged, IReadOnlyList<EventAnswer> Events)
{
    public static BatchAnswer Of(IReadOnlyList<EventAnswer> events)
    {
        var accepted = events.Count(answer => answer.IsAccepted);
        var unavailable = events.Count(answer => answer.IsUnavailable);
        return new BatchAnswer(accepted, events.Count - accepted - unavailable, unavailable, events);
    }
}
