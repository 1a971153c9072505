namespace Nova.Events.Postgres.Capture.Values;

/// <summary>Writes values of one type as Debezium's JSON converter does in its default modes, from PostgreSQL's text form.</summary>
internal abstract class ValueEncoder
{
    /// <summary>What Debezium writes for a TOASTed value that the change did not touch and that is therefore not in the WAL.</summary>
    public static ReadOnlySpan<byte> Placeholder => "__debezium_unavailable_value"u8;

    /// <summary>Writes a value.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="text">The value in PostgreSQL's text form, never null.</param>
    /// <exception cref="FormatException">It is no value of that type.</exception>
    public abstract void Write(JsonBytes json, ReadOnlySpan<byte> text);

    /// <summary>Writes the placeholder.</summary>
    public virtual void WriteUnavailable(JsonBytes json) => json.String(Placeholder);
}
