namespace Nova.Events.Relay.Capturing;

/// <summary>A table's name in settings, messages and commands: <c>schema.name</c>, without quotes.</summary>
internal static class CapturedName
{
    /// <summary>The name of a table of the WAL, which leaves <c>pg_catalog</c> out.</summary>
    public static string Of(string schema, string name) => $"{(schema.Length == 0 ? "pg_catalog" : schema)}.{name}";
}
