using System.ComponentModel.DataAnnotations;

namespace Nova.Events.ClickHouse;

/// <summary>How the server is reached. Section <c>ClickHouse</c>.</summary>
public sealed class ClickHouseOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "ClickHouse";

    /// <summary>Address of the HTTP interface, such as <c>http://localhost:8123</c>. Required.</summary>
    [Required, Url]
    public string Url { get; set; } = "http://localhost:8123";

    /// <summary>Database of the tables; made by the migrator where it is missing. Default <c>nova</c>.</summary>
    [Required, RegularExpression("[A-Za-z_][A-Za-z0-9_]*")]
    public string Database { get; set; } = "nova";

    /// <summary>User. Default <c>default</c>.</summary>
    [Required]
    public string User { get; set; } = "default";

    /// <summary>Password; empty by default.</summary>
    public string Password { get; set; } = "";

    /// <summary>How long a query may take. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan QueryTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an insert may take before its outcome counts as unknown and it is sent again. Default 2 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan InsertTimeout { get; set; } = TimeSpan.FromMinutes(2);
}
