using Confluent.Kafka;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Topology;

namespace Nova.Events.Kafka.DeadLetters;

/// <summary>
/// Gives dead letters back to their group, through its retry topic. A letter is marked after its retry record is acknowledged: killed in between, the next
/// run writes it again under the same id, and the consumer drops the repeat.
/// </summary>
/// <param name="kafka">The cluster.</param>
/// <param name="topics">How missing topics are made.</param>
/// <param name="time">The clock of pace and states.</param>
public sealed class Redrive(KafkaOptions kafka, TopicOptions topics, TimeProvider time)
{
    /// <summary>Letters that wait for their acknowledgement; of the largest size they still fit the client's queue of 1 GiB.</summary>
    private const int Window = 50;

    /// <summary>Timers have a grain of their own: short waits are gathered.</summary>
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(5);

    /// <summary>Redrives <paramref name="letters"/> of <paramref name="log"/>; <paramref name="redriven"/> hears the count so far, from any thread.</summary>
    /// <exception cref="RedriveFailedException">Kafka did not take a letter or its state in time.</exception>
    /// <exception cref="KafkaUnavailableException">No broker answered.</exception>
    public async Task<RedriveOutcome> RunAsync(
        DeadLetterLog log, IReadOnlyCollection<DeadLetter> letters, double perSecond, Action<int>? redriven, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(log);
        var partitions = await EnsureTopicsAsync(log, stopping);
        using var producer = new RedriveProducer(kafka, log.Group, partitions);
        using var window = new SemaphoreSlim(Window);
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var run = new RedriveRun(log.Catalog, producer, time, redriven, failed.Cancel);
        var read = 0;
        try
        {
            var pace = new RedrivePace(perSecond, time);
            await foreach (var (letter, record) in new DeadLetterReader(kafka).ReadAsync(log, letters, failed.Token))
            {
                if (pace.Take() is var wait && wait > Grain) await Task.Delay(wait, time, failed.Token);
                await window.WaitAsync(failed.Token);
                read++;
                _ = run.WriteAsync(letter, record, window);
            }
        }
        catch (OperationCanceledException) when (failed.IsCancellationRequested)
        {
            // Stopped, or a write failed: nothing more is taken.
        }
        finally
        {
            // What was taken is finished: acknowledged, or given up by the client.
            for (var i = 0; i < Window; i++) await window.WaitAsync(CancellationToken.None);
        }

        if (run.Failure is { } failure) throw new RedriveFailedException(run.Redriven, kafka.BootstrapServers, failure);
        return new RedriveOutcome(run.Id, run.Redriven, run.TooLarge, stopping.IsCancellationRequested ? 0 : letters.Count - read, stopping.IsCancellationRequested);
    }

    /// <returns>Partitions of the retry topic: as it has, or as many as the dead letters have.</returns>
    private async Task<int> EnsureTopicsAsync(DeadLetterLog log, CancellationToken cancellationToken)
    {
        var retry = Topics.Retry(log.Group);
        var partitions = log.RetryPartitions > 0 ? log.RetryPartitions : log.Partitions.Count;
        TopicSpecification[] needed = [new(retry, partitions, Headroom: TopicSpecification.DeadLetterHeadroom), new(Topics.DeadLetterState(log.Group), 1, TopicKeeping.LastOfEachKey)];
        return (await new TopicSetup(kafka, topics).EnsureAsync(needed, cancellationToken))[retry];
    }
}
