using System.Text.Json;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Social;
using Nova.Events.Outbox;
using Npgsql;
using NpgsqlTypes;

namespace Nova.Events.Benchmarks.OutboxWrite;

/// <summary>A way to emit the event of a business transaction; each is one statement of the transaction, with its own round trip.</summary>
/// <param name="Name">For the table.</param>
/// <param name="EmitAsync">Emits in the transaction.</param>
internal sealed record Emission(string Name, Func<NpgsqlTransaction, PostPublished, CancellationToken, Task> EmitAsync)
{
    public static IReadOnlyList<Emission> All { get; } =
    [
        new("none", static (_, _, _) => Task.CompletedTask),
        new("table", static (transaction, post, token) => transaction.EmitAsync(post, token)),
        new("table-less", EmitMessageAsync),
    ];

    private static async Task EmitMessageAsync(NpgsqlTransaction transaction, PostPublished post, CancellationToken cancellationToken)
    {
        await using var emit = new NpgsqlCommand("SELECT pg_logical_emit_message(true, 'nova.outbox', $1)", transaction.Connection, transaction)
        {
            Parameters = { new() { Value = Content(post), NpgsqlDbType = NpgsqlDbType.Bytea } },
        };
        await emit.ExecuteNonQueryAsync(cancellationToken);
    }

    private static byte[] Content(PostPublished post)
    {
        var type = EventTypeRegistry.Social.Of(typeof(PostPublished));
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("id", Guid.CreateVersion7());
            json.WriteString("aggregatetype", type.AggregateType);
            json.WriteString("aggregateid", post.AggregateId);
            json.WriteString("type", type.Name);
            json.WritePropertyName("payload");
            JsonSerializer.Serialize(json, post, type.JsonTypeInfo);
            json.WriteString("tenant", "");
            json.WriteString("occurred_at", TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", System.Globalization.CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
