using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Nova.Events.Kafka.Consuming.Native;

namespace Nova.Events.Kafka.Consuming;

/// <summary>
/// Owns a consumer and the one thread that polls it. Rebalances arrive inside the poll, so everything that <see cref="IPartitionWork"/> does on its
/// partitions happens on this thread. The loop polls for as long as the consumer is a member: however long an effect takes, it stays one.
/// </summary>
internal sealed class PollLoop
{
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(15);
    private readonly ConsumerOptions _options;
    private readonly IPartitionWork _work;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;

    public PollLoop(ConsumerConfig config, ConsumerOptions options, IPartitionWork work, ILogger logger, TimeProvider time)
    {
        (_options, _work, _logger, _time) = (options, work, logger, time);
        Consumer = new ConsumerBuilder<byte[]?, byte[]?>(config)
            .SetPartitionsAssignedHandler((_, partitions) => Assigned(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => _work.Revoked(Bare(partitions)))
            .SetPartitionsLostHandler((_, partitions) => _work.Lost(Bare(partitions)))
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

    private void Run(CancellationToken stopping)
    {
        try
        {
            Consumer.Subscribe(_options.Topics);
            while (!stopping.IsCancellationRequested) Poll();
            _work.BeginDrain();
            Consumer.Pause(Consumer.Assignment);
            var started = _time.GetTimestamp();
            while (!_work.IsDrained && _time.GetElapsedTime(started) < _options.DrainTimeout) Poll();
        }
        finally
        {
            Consumer.Close();
            Consumer.Dispose();
        }
    }

    private void Poll()
    {
        var tickDue = _time.GetTimestamp() + (long)(PollTimeout.TotalSeconds * _time.TimestampFrequency);
        do
        {
            try
            {
                var result = Consumer.Consume(PollTimeout);
                if (result is null) break;
                if (result.IsPartitionEOF) _work.ReachedEnd(result.TopicPartition, result.Offset.Value);
                else _work.Take(result.ToRecord());
            }
            catch (ConsumeException exception) when (!exception.Error.IsFatal && !IsOutOfLog(exception.Error.Code))
            {
                KafkaLog.ClientError(_logger, _options.Group, exception.Error.Code.ToString(), exception.Error.Reason);
            }
        }
        while (_time.GetTimestamp() < tickDue);

        _work.Tick();
    }

    // Retention overtook the reader: the partitions are taken up anew, and that path names what is missing.
    private static bool IsOutOfLog(ErrorCode code) => code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange;

    private IEnumerable<TopicPartitionOffset> Assigned(List<TopicPartition> partitions)
    {
        if (partitions.Count == 0) return [];
        var committed = CommitMetadata.Committed(Consumer, partitions, RequestTimeout);
        var assigned = committed
            .Select(offset => new AssignedPartition(offset, Consumer.QueryWatermarkOffsets(offset.Partition, RequestTimeout).Low.Value))
            .ToList();
        return _work.Assigned(assigned);
    }

    private static List<TopicPartition> Bare(List<TopicPartitionOffset> partitions) => partitions.ConvertAll(partition => partition.TopicPartition);
}
