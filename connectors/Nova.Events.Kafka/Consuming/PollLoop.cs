using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Nova.Events.Kafka.Consuming.Native;

namespace Nova.Events.Kafka.Consuming;

/// <summary>
/// Owns a consumer and the one thread that polls it. Rebalances arrive inside the poll, so everything that <see cref="IPartitionWork"/> does on its
/// partitions happens on this thread. The loop polls for as long as the consumer is a member: however long an effect takes, it stays one.
/// </summary>
internal sealed class PollLoop : IFetchedRecords
{
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(15);
    private readonly ConsumerOptions _options;
    private readonly IPartitionWork _work;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly DrainTime _drain;
    private Exception? _failure;

    public PollLoop(ConsumerConfig config, ConsumerOptions options, IPartitionWork work, ILogger logger, TimeProvider time)
    {
        (_options, _work, _logger, _time, _drain) = (options, work, logger, time, new DrainTime(options.DrainTimeout, time));
        Consumer = new ConsumerBuilder<byte[]?, byte[]?>(config)
            .SetPartitionsAssignedHandler((_, partitions) => Rebalance(() => Assigned(partitions)))
            .SetPartitionsRevokedHandler((_, partitions) => Rebalance(() => _work.Revoked(Bare(partitions), _drain.Left)))
            .SetPartitionsLostHandler((_, partitions) => Rebalance(() => _work.Lost(Bare(partitions))))
            .SetStatisticsHandler(static (_, _) => { })
            .SetErrorHandler((_, error) => KafkaLog.ClientError(_logger, _options.Group, error.Code.ToString(), error.Reason))
            .SetLogHandler((_, message) => KafkaLog.ClientMessage(_logger, message.Facility, message.Message))
            .Build();
    }

    public IConsumer<byte[]?, byte[]?> Consumer { get; }

    /// <summary>Polls on a thread of its own until <paramref name="stopping"/> and the drain after it, or until something fails.</summary>
    public Task RunAsync(CancellationToken stopping)
    {
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                Run(stopping);
                completion.SetResult();
            }
#pragma warning disable CA1031 // Handed to whoever awaits the loop.
            catch (Exception exception)
            {
                completion.SetException(exception);
            }
#pragma warning restore CA1031
        })
        { IsBackground = true, Name = $"kafka:{_options.Group}" };
        thread.Start();
        return completion.Task;
    }

    public void Take(TopicPartition partition, in FetchedRecord record) => _work.Take(partition, record);

    public void ReachedEnd(TopicPartition partition, long nextOffset) => _work.ReachedEnd(partition, nextOffset);

    public void Fail(TopicPartition? partition, Error error)
    {
        // Retention overtook the reader: the partitions are taken up anew, and that path names what is missing.
        if (error.IsFatal || error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange) throw new KafkaException(error);
        KafkaLog.ClientError(_logger, _options.Group, error.Code.ToString(), partition is null ? error.Reason : $"{partition.Topic}:{partition.Partition.Value}: {error.Reason}");
        if (partition is not null) _work.NotFetched(partition, error);
    }

    private void Run(CancellationToken stopping)
    {
        try
        {
            using var queue = new RecordQueue(Consumer);
            Consumer.Subscribe(_options.Subscription);
            while (!stopping.IsCancellationRequested) Poll(queue);
            _work.BeginDrain();
            Consumer.Pause(Consumer.Assignment);
            _drain.Begin();
            while (!_work.IsDrained && _drain.Left > TimeSpan.Zero) Poll(queue);
        }
        finally
        {
            try
            {
                Consumer.Close();
            }
            finally
            {
                // Close throws what a rebalance handler threw.
                Consumer.Dispose();
            }
        }
    }

    private void Poll(RecordQueue queue)
    {
        var started = _time.GetTimestamp();
        do
        {
            var given = queue.Read(PollTimeout, this);
            if (_failure is { } failure) throw failure;
            if (given == 0) break;
            _work.EndOfBatch();
        }
        while (_time.GetElapsedTime(started) < PollTimeout);

        _work.Tick();
    }

    private List<TopicPartitionOffset> Assigned(List<TopicPartition> partitions)
    {
        var committed = CommitMetadata.Committed(Consumer, partitions, RequestTimeout);
        var log = new LogExtent(Consumer, _logger);
        return [.. _work.Assigned([.. committed.Select(log.Of)])];
    }

    // The public client keeps what a handler throws for its own Consume, which nobody calls.
    private T Rebalance<T>(Func<T> handle)
    {
        try
        {
            return handle();
        }
        catch (Exception exception)
        {
            _failure ??= exception;
            throw;
        }
    }

    private void Rebalance(Action handle) => Rebalance(() =>
    {
        handle();
        return true;
    });

    private static List<TopicPartition> Bare(List<TopicPartitionOffset> partitions) => partitions.ConvertAll(partition => partition.TopicPartition);
}
