using System.Text;
using Nova.Events.Contracts;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Publishing;

namespace Nova.Events.Relay.Sessions;

/// <summary>The state of one source in the compacted topic <see cref="Topics.Relay"/>, under the source's name. Only who holds the slot writes it.</summary>
internal sealed class RelayStateStore(KafkaOptions kafka, string source) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private readonly byte[] _key = Encoding.UTF8.GetBytes(source);
    private readonly RecordPublisher _publisher = new(kafka, Timeout);

    /// <summary>The state that holds; null for a source that was never relayed.</summary>
    /// <exception cref="TimeoutException">The brokers did not answer in time.</exception>
    public async Task<RelayState?> ReadAsync(CancellationToken cancellationToken) =>
        RelayState.Latest((await Task.Run(() => new KeyedStateReader(kafka).Read(Topics.Relay, source, cancellationToken), cancellationToken)).Select(RelayState.Parse));

    /// <summary>Returns once Kafka has the state.</summary>
    /// <exception cref="PublishException">Kafka did not take it in time.</exception>
    public Task WriteAsync(RelayState state, CancellationToken cancellationToken) =>
        _publisher.PublishAsync(new PublishRecord(Topics.Relay, _key, state.ToJson(), []), cancellationToken);

    public void Dispose() => _publisher.Dispose();
}
