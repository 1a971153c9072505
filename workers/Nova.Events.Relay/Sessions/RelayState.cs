using System.Text.Json;
using System.Text.Json.Serialization;
using Nova.Events.Postgres;

namespace Nova.Events.Relay.Sessions;

/// <summary>What is known of a source beyond its database. It lies in Kafka, beside what was published: a database that is restored does not take it back.</summary>
/// <param name="SystemId">The database cluster that the positions belong to.</param>
/// <param name="Era">Era of its positions.</param>
/// <param name="Lineage">The timelines along which they were published; null in states of an earlier version.</param>
/// <param name="ConfirmedLsn">Everything before it is published. Written before it is confirmed to the slot, so that no slot of ours is ever ahead of it.</param>
/// <param name="ConfirmedAt">When it was written.</param>
/// <param name="Session">Counts the sessions: of two states the one of the later session holds, so that a relay that was frozen, and wakes up late, changes nothing.</param>
internal sealed record RelayState(
    ulong SystemId, ushort Era, TimelineLineage? Lineage = null, ulong? ConfirmedLsn = null, DateTimeOffset? ConfirmedAt = null, long Session = 0)
{
    /// <summary>The state that holds among all that were written; null without any.</summary>
    public static RelayState? Latest(IEnumerable<RelayState> states) => states.MaxBy(state => (state.Session, state.ConfirmedLsn ?? 0));

    public static RelayState Parse(byte[] json) => JsonSerializer.Deserialize(json, RelayStateJson.Default.RelayState)!;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, RelayStateJson.Default.RelayState);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RelayState))]
internal sealed partial class RelayStateJson : JsonSerializerContext;
