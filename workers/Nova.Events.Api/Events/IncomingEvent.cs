namespace Nova.Events.Api.Events;

/// <summary>A client event as clients send it; further fields are ignored.</summary>
/// <param name="Id">Event id, a UUID; made here (version 7) where it is absent.</param>
/// <param name="Type">impression, view, like or share.</param>
/// <param name="UserId">Who, above 0.</param>
/// <param name="PostId">The post, above 0.</param>
/// <param name="AuthorId">Author of the post; 0 or absent where the client doesn't know.</param>
/// <param name="OccurredAt">When, ISO 8601; absent for now. Clamped to the last 7 days and the next 5 minutes.</param>
internal sealed record IncomingEvent(string? Id, string? Type, long? UserId, long? PostId, long? AuthorId, DateTimeOffset? OccurredAt);
