using Microsoft.Extensions.Logging;
using Nova.Events.Kafka.Consuming.Sink;

namespace Nova.Events.IntegrationTests.Kafka;

/// <summary>Sees the log say that a letter waits for its original.</summary>
internal sealed class WaitsForOriginal : ILogger<SinkConsumer>
{
    private const int RedriveWaits = 2025;

    public TaskCompletionSource Seen { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id == RedriveWaits) Seen.TrySetResult();
    }
}
