using Nova.Events.Kafka.Consuming.Sink;
using Shouldly;

namespace Nova.Events.IntegrationTests.Kafka;

/// <summary>Thrown between two steps it stands for the death of the process: nothing that follows happens.</summary>
internal sealed class SimulatedDeathException : Exception
{
    /// <summary>Returns once the consumer has died of it.</summary>
    public static async Task EndsAsync(SinkConsumer sink)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await Should.ThrowAsync<SimulatedDeathException>(sink.RunAsync(bound.Token));
    }
}
