using Microsoft.Extensions.Logging;

namespace Nova.Events.Hosting.Logging;

/// <summary>How the process logs.</summary>
public sealed class LogOptions
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "Log";

    /// <summary>Least level that is written. Default: <see cref="LogLevel.Information"/>.</summary>
    public LogLevel Level { get; set; } = LogLevel.Information;

    /// <summary>JSON lines or text. Default: <see cref="LogFormat.Auto"/>, text on a terminal and JSON elsewhere.</summary>
    public LogFormat Format { get; set; }

    /// <summary>A file to write to in place of standard output; null for standard output.</summary>
    public string? File { get; set; }
}

/// <summary>Form of a log line.</summary>
public enum LogFormat
{
    /// <summary>Text on a terminal, JSON elsewhere.</summary>
    Auto,

    /// <summary>One line for people.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}
