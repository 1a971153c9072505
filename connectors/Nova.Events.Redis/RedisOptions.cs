using System.ComponentModel.DataAnnotations;

namespace Nova.Events.Redis;

/// <summary>How Redis is reached. Section <c>Redis</c>.</summary>
public sealed class RedisOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Redis";

    /// <summary>
    /// <c>host:port</c> of one or more nodes, then options such as <c>password=…</c> and <c>ssl=true</c>, separated by commas
    /// (StackExchange.Redis' form). Required.
    /// </summary>
    [Required]
    public string Configuration { get; set; } = "";

    /// <summary>Longest wait for a connection, 100 ms to 1 min. Default 2 s. Longer hides a dead server from readers that could fall back.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest wait for one command's answer, 10 ms to 1 min. Default 1 s; then the command counts as failed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(1);
}
