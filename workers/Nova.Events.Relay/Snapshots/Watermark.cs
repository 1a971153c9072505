using System.Text;
using Npgsql;

namespace Nova.Events.Relay.Snapshots;

/// <summary>A watermark of a chunk: a logical message in a transaction of its own, with the source, the window and which of the two it is.</summary>
internal static class Watermark
{
    /// <summary>Prefix of the logical message.</summary>
    public const string Prefix = "nova.snapshot";
    private const int Parts = 3;

    /// <summary>Anybody who may connect can write such a message, of any length.</summary>
    private const int MaxLength = 256;

    public static async Task EmitAsync(NpgsqlDataSource database, string source, ChunkWindow window, bool isLow, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT pg_logical_emit_message(true, $1, $2)");
        command.Parameters.Add(new NpgsqlParameter { Value = Prefix });
        command.Parameters.Add(new NpgsqlParameter { Value = $"{source} {window.Id} {(isLow ? "low" : "high")}" });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Reads a message; false for one that is not of <paramref name="source"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> content, string source, out string window, out bool isLow)
    {
        (window, isLow) = ("", false);
        if (content.Length > MaxLength) return false;
        var parts = Encoding.UTF8.GetString(content).Split(' ');
        var isOwn = parts.Length == Parts && parts[0] == source;
        (window, isLow) = isOwn ? (parts[1], parts[2] == "low") : ("", false);
        return isOwn;
    }
}
