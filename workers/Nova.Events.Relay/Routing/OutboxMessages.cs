using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Nova.Events.Postgres.Wal;

namespace Nova.Events.Relay.Routing;

/// <summary>
/// Reads outbox messages that came without the table: transactional logical messages whose content is a JSON object with the table's columns
/// as members. Anybody who may connect can write one, so nothing about it is taken on trust.
/// </summary>
internal sealed class OutboxMessages
{
    /// <summary>Prefix of the logical message.</summary>
    public const string Prefix = "nova.outbox";

    /// <summary>PostgreSQL nests JSON deeper than the reader's default allows.</summary>
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };
    private byte[] _unescaped = new byte[4_096];
    private int _used;

    /// <summary>The message whose content this is.</summary>
    /// <exception cref="PoisonException">It is none.</exception>
    public OutboxRow Read(ReadOnlySpan<byte> content)
    {
        if (_unescaped.Length < content.Length) _unescaped = new byte[content.Length];
        _used = 0;
        try
        {
            return Checked(Parse(content));
        }
        catch (InvalidOperationException)
        {
            throw PoisonException.NoUnicode();
        }
        catch (JsonException exception)
        {
            throw new PoisonException(PoisonKind.Undecodable, $"its content is no JSON object: {exception.Message}");
        }
    }

    private OutboxRow Parse(ReadOnlySpan<byte> content)
    {
        var row = default(OutboxRow);
        var reader = new Utf8JsonReader(content, AnyDepth);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("it begins with something else");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8)) row.Id = Text(ref reader, content);
            else if (reader.ValueTextEquals("aggregatetype"u8)) row.AggregateType = Text(ref reader, content);
            else if (reader.ValueTextEquals("aggregateid"u8)) row.AggregateId = Text(ref reader, content);
            else if (reader.ValueTextEquals("type"u8)) row.Type = Text(ref reader, content);
            else if (reader.ValueTextEquals("payload"u8)) row.Payload = Raw(ref reader, content, out row.HasPayload);
            else if (reader.ValueTextEquals("headers"u8)) row.Headers = Raw(ref reader, content, out _);
            else if (reader.ValueTextEquals("traceparent"u8)) row.Traceparent = Text(ref reader, content);
            else if (reader.ValueTextEquals("tenant"u8)) row.Tenant = Text(ref reader, content);
            else if (reader.ValueTextEquals("occurred_at"u8)) row.OccurredAt = Text(ref reader, content);
            else if (reader.ValueTextEquals("stream_version"u8)) row.StreamVersion = Raw(ref reader, content, out _);
            else reader.Skip();
        }

        // To the end: what follows the object would be an error.
        while (reader.Read()) { }
        return row;
    }

    private static OutboxRow Checked(OutboxRow row)
    {
        if (!Utf8Parser.TryParse(row.Id, out Guid _, out var read, 'D') || read != row.Id.Length) throw new PoisonException(PoisonKind.Undecodable, "its id is no UUID");
        if (IsAbsent(row.AggregateId)) throw new PoisonException(PoisonKind.Undecodable, "it has no aggregateid");
        if (IsAbsent(row.Type)) throw new PoisonException(PoisonKind.Undecodable, "it has no type");
        if (!row.StreamVersion.IsEmpty && (!Utf8Parser.TryParse(row.StreamVersion, out long _, out read) || read != row.StreamVersion.Length))
            throw new PoisonException(PoisonKind.Undecodable, "its stream_version is no integer");
        return row;
    }

    /// <summary>True without the member, or where it is null; empty text is a key and a type, as in the table.</summary>
    private static bool IsAbsent(ReadOnlySpan<byte> text) => Unsafe.IsNullRef(in MemoryMarshal.GetReference(text));

    private ReadOnlySpan<byte> Text(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> content)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return default;
        if (reader.TokenType != JsonTokenType.String) throw new JsonException("a member that is text is none");
        if (!reader.ValueIsEscaped) return content.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        var start = _used;
        // Unescaped text is shorter than what it came from, so all of it fits.
        _used += reader.CopyString(_unescaped.AsSpan(start));
        return _unescaped.AsSpan(start.._used);
    }

    private static ReadOnlySpan<byte> Raw(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> content, out bool isValue)
    {
        reader.Read();
        isValue = reader.TokenType != JsonTokenType.Null;
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return isValue ? content[start..(int)reader.BytesConsumed] : default;
    }
}
