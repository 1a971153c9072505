using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.Kafka.Consuming.State;
using Nova.Events.Kafka.Publishing;

namespace Nova.Events.Kafka.Consuming;

/// <summary>
/// Writes what cannot be handled to <c>{group}.dlq</c>, and what is to be handled again to <c>{group}.retry</c>: key, value and headers byte for byte, and
/// beside them where it came from and why. A second copy has the same id. In the retry topic <c>position</c> is called <c>original-position</c>: the rule of
/// positions holds for first deliveries.
/// </summary>
internal sealed class DeadLetterWriter : ISetAside, IDisposable
{
    private static readonly TimeSpan MessageTimeout = TimeSpan.FromSeconds(30);
    private readonly string _group;
    private readonly ILogger _logger;
    private readonly ConsumerOptions _options;
    private readonly TimeProvider _time;
    private readonly LastingProducer _producer;

    public DeadLetterWriter(KafkaOptions kafka, ConsumerOptions options, ILogger logger, TimeProvider time)
    {
        (_group, _options, _logger, _time) = (options.Group, options, logger, time);
        _producer = new LastingProducer(
            () =>
            {
                var config = kafka.ApplyTo(new ProducerConfig(), options.Group + "-dlq");
                (config.EnableIdempotence, config.Acks, config.LingerMs, config.MessageTimeoutMs) = (true, Acks.All, 5, (int)MessageTimeout.TotalMilliseconds);
                // All records without a key to one partition: set aside in order, they stay in order.
                (config.Partitioner, config.MessageMaxBytes) = (Partitioner.Murmur2, 32 << 20);
                // A record may have come compressed, and fit for that alone.
                config.CompressionType = CompressionType.Lz4;
                return config;
            },
            MessageTimeout);
    }

    /// <summary>The client that writes now.</summary>
    internal IProducer<byte[]?, byte[]?> Client => _producer.Current;

    /// <inheritdoc/>
    public async Task WriteAsync(RecordView record, string reason, string? exceptionType, int attempts, CancellationToken cancellationToken)
    {
        var message = SetAsideMessage.Of(_group, record.ToOwned(), reason, exceptionType, attempts, retryDelay: null);
        await ProduceAsync(Topics.DeadLetters(_group), message, record, cancellationToken);
        ConsumerMetrics.DeadLetters.Add(1, new("group", _group), new("topic", record.Topic));
        KafkaLog.DeadLetter(_logger, record.Topic, record.Partition, record.Offset, _group, reason);
    }

    public async Task<RetryPlace> RetryAsync(RecordView record, Outcome outcome, int attempts, TimeSpan delay, CancellationToken cancellationToken)
    {
        var message = SetAsideMessage.Of(_group, record.ToOwned(), outcome.Reason ?? "", outcome.Exception?.GetType().FullName, attempts, delay);
        var result = await ProduceAsync(Topics.Retry(_group), message, record, cancellationToken);
        ConsumerMetrics.Retries.Add(1, new("group", _group), new("topic", record.Topic));
        return new RetryPlace(result.Partition.Value, result.Offset.Value);
    }

    /// <summary>The same for the same record of the same group: a UUID of version 8 from SHA-256.</summary>
    public static Guid IdOf(string group, string topic, int partition, long offset)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{group}/{topic}/{partition}/{offset}"))).AsSpan(0, 16);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true);
    }

    /// <inheritdoc/>
    public void Dispose() => _producer.Dispose();

    private async Task<DeliveryResult<byte[]?, byte[]?>> ProduceAsync(string topic, Message<byte[]?, byte[]?> message, RecordView record, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await _producer.Current.ProduceAsync(topic, message, cancellationToken);
            }
#pragma warning disable CA1031 // Whatever it is: what is not acknowledged is not set aside, and its offset stays.
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                KafkaLog.SettingAsideFailed(_logger, record.Topic, record.Partition, record.Offset, topic, exception.Message);
                await Task.Delay(_options.DelayBefore(attempt), _time, cancellationToken);
            }
        }
    }
}
