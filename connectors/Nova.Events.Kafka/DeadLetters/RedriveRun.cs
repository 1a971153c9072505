using System.Collections.Concurrent;
using Confluent.Kafka;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.DeadLetters;

/// <summary>What one redrive has done so far; its writes end on any thread.</summary>
internal sealed class RedriveRun(DeadLetterCatalog catalog, RedriveProducer producer, TimeProvider time, Action<int>? redriven, Action fail)
{
    private readonly ConcurrentBag<DeadLetter> _tooLarge = [];
    private int _redriven;
    private Exception? _failure;

    public string Id { get; } = Guid.CreateVersion7(time.GetUtcNow()).ToString("D");

    public int Redriven => Volatile.Read(ref _redriven);

    public Exception? Failure => Volatile.Read(ref _failure);

    public IReadOnlyList<DeadLetter> TooLarge => [.. _tooLarge];

    /// <summary>Never throws; gives a place of <paramref name="window"/> back when the letter is finished.</summary>
    public async Task WriteAsync(DeadLetter letter, ConsumedRecord record, SemaphoreSlim window)
    {
        try
        {
            var redrives = (catalog.StateOf(letter.Id)?.Redrives ?? 0) + 1;
            await producer.WriteAsync(letter, record, () => new DeadLetterState(time.GetUtcNow(), Id, letter.Attempts, redrives));
            var count = Interlocked.Increment(ref _redriven);
            redriven?.Invoke(count);
        }
        catch (KafkaException exception) when (exception.Error.Code is ErrorCode.MsgSizeTooLarge)
        {
            _tooLarge.Add(letter);
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _failure, exception, null);
            fail();
        }
        finally
        {
            window.Release();
        }
    }
}
