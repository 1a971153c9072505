using Confluent.Kafka;

namespace Nova.Events.Kafka.Publishing;

/// <summary>
/// A client for single records that is replaced once it failed for good: an idempotent one that lost its place takes nothing any more. What is asked of it then
/// gets the first error again, which does not say that it is fatal; only its error handler hears so.
/// </summary>
/// <param name="config">Read for each client.</param>
/// <param name="answerTime">No record waits longer for its answer.</param>
internal sealed class LastingProducer(Func<ProducerConfig> config, TimeSpan answerTime) : IDisposable
{
    /// <summary>The client looks for records that wait too long once a second.</summary>
    private static readonly TimeSpan ScanInterval = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private IProducer<byte[]?, byte[]?>? _current;
    private bool _isDisposed;

    /// <summary>The client that takes records now, made when it is first asked for. What the one before had in hand may be in its topic.</summary>
    public IProducer<byte[]?, byte[]?> Current
    {
        get
        {
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                return _current ??= NewClient();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        IProducer<byte[]?, byte[]?>? last;
        lock (_lock) (last, _current, _isDisposed) = (_current, null, true);
        // Not under the lock, which its error handler may be waiting for.
        last?.Dispose();
    }

    private void Replace(IProducer<byte[]?, byte[]?> failed)
    {
        lock (_lock)
        {
            if (_current != failed) return;
            _current = null;
        }

        // Whoever still waits for an answer of it gets one before it goes. Not on this thread, which brings the answers.
        _ = Task.Run(() =>
        {
            failed.Flush(answerTime + ScanInterval);
            failed.Dispose();
        });
    }

    private IProducer<byte[]?, byte[]?> NewClient() => new ProducerBuilder<byte[]?, byte[]?>(config())
        .SetErrorHandler((client, error) => { if (error.IsFatal) Replace(client); })
        .SetLogHandler(static (_, _) => { })
        .Build();
}
