using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace Nova.Events.Hosting.Logging;

/// <summary>Serilog behind <see cref="Microsoft.Extensions.Logging.ILogger"/>; no code of the product names Serilog but this folder.</summary>
public static class NovaLogging
{
    private const string Text = "{Timestamp:HH:mm:ss.fff} {Level:u3} {SourceContext} {Message:lj}{NewLine}{Exception}";

    /// <summary>Categories that speak up only when something is wrong: our own lines say what happens.</summary>
    private static readonly string[] Libraries = ["Microsoft", "System", "Quartz", "Npgsql"];

    /// <summary>Replaces the host's logging by ours, configured by section <see cref="LogOptions.Section"/>.</summary>
    public static IServiceCollection AddNovaLogging(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = configuration.GetSection(LogOptions.Section).Get<LogOptions>() ?? new LogOptions();
        return services.AddLogging(logging =>
        {
            logging.ClearProviders();
            logging.SetMinimumLevel(options.Level);
            logging.AddSerilog(Create(options), dispose: true);
        });
    }

    internal static Logger Create(LogOptions options, TextWriter? writer = null)
    {
        writer ??= options.File is { } file ? OpenFile(file) : null;
        var json = options.Format == LogFormat.Json || (options.Format == LogFormat.Auto && (Console.IsOutputRedirected || writer is not null));
        ITextFormatter formatter = json
            ? new JsonLineFormatter()
            : new MessageTemplateTextFormatter(Text, System.Globalization.CultureInfo.InvariantCulture);
        var logger = new LoggerConfiguration().MinimumLevel.Is(LevelOf(options.Level));
        foreach (var library in Libraries) logger.MinimumLevel.Override(library, LogEventLevel.Warning);
        return (writer is null ? logger.WriteTo.Console(formatter) : logger.WriteTo.Sink(new WriterSink(writer, formatter))).CreateLogger();
    }

    private static StreamWriter OpenFile(string file)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } directory) Directory.CreateDirectory(directory);
        return new StreamWriter(new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
    }

    private static LogEventLevel LevelOf(LogLevel level) => level == LogLevel.None ? LogEventLevel.Fatal : (LogEventLevel)(int)level;

    private sealed class WriterSink(TextWriter writer, ITextFormatter formatter) : ILogEventSink, IDisposable
    {
        private readonly Lock _line = new();

        public void Emit(LogEvent logEvent)
        {
            lock (_line) formatter.Format(logEvent, writer);
        }

        public void Dispose() => writer.Dispose();
    }
}
