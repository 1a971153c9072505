using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming;

/// <summary>
/// Writes what cannot be handled to <c>{group}.dlq</c>: key, value and headers byte for byte, and beside them where it came from and why. A second copy has
/// the same id.
/// </summary>
internal sealed class DeadLetterWriter : IDisposable
{
    private readonly string _group;
    private readonly ILogger _logger;
    private readonly ConsumerOptions _options;
    private readonly TimeProvider _time;
    private readonly Lazy<IProducer<byte[]?, byte[]?>> _producer;

    public DeadLetterWriter(KafkaOptions kafka, ConsumerOptions options, ILogger logger, TimeProvider time)
    {
        (_group, _options, _logger, _time) = (options.Group, options, logger, time);
        _producer = new(() =>
        {
            var config = kafka.ApplyTo(new ProducerConfig(), options.Group + "-dlq");
            (config.EnableIdempotence, config.Acks, config.LingerMs, config.MessageTimeoutMs) = (true, Acks.All, 5, 30_000);
            (config.Partitioner, config.MessageMaxBytes) = (Partitioner.Murmur2Random, 32 << 20);
            return new ProducerBuilder<byte[]?, byte[]?>(config).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        });
    }

    /// <summary>Returns once the dead letter is acknowledged, however long that takes; until then the record's offset must not move.</summary>
    public async Task WriteAsync(RecordView record, string reason, string? exceptionType, int attempts, CancellationToken cancellationToken)
    {
        var message = ToMessage(record.ToOwned(), reason, exceptionType, attempts);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await _producer.Value.ProduceAsync(Topics.DeadLetters(_group), message, cancellationToken);
                ConsumerMetrics.DeadLetters.Add(1, new("group", _group), new("topic", record.Topic));
                KafkaLog.DeadLetter(_logger, record.Topic, record.Partition, record.Offset, _group, reason);
                return;
            }
            catch (KafkaException exception)
            {
                KafkaLog.DeadLetterFailed(_logger, record.Topic, record.Partition, record.Offset, _group, exception.Error.Reason);
                await Task.Delay(_options.DelayBefore(attempt), _time, cancellationToken);
            }
        }
    }

    /// <summary>The same for the same record of the same group: a UUID of version 8 from SHA-256.</summary>
    public static Guid IdOf(string group, string topic, int partition, long offset)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{group}/{topic}/{partition}/{offset}"))).AsSpan(0, 16);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true);
    }

    private Message<byte[]?, byte[]?> ToMessage(ConsumedRecord record, string reason, string? exceptionType, int attempts)
    {
        var headers = new Headers();
        foreach (var header in record.Headers) headers.Add(header.Name, header.Value);
        Add(HeaderNames.DeadLetterId, IdOf(_group, record.Topic, record.Partition, record.Offset).ToString());
        Add(HeaderNames.DeadLetterTopic, record.Topic);
        Add(HeaderNames.DeadLetterPartition, record.Partition.ToString(CultureInfo.InvariantCulture));
        Add(HeaderNames.DeadLetterOffset, record.Offset.ToString(CultureInfo.InvariantCulture));
        Add(HeaderNames.DeadLetterTimestamp, record.Timestamp.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        Add(HeaderNames.DeadLetterGroup, _group);
        Add(HeaderNames.DeadLetterReason, reason);
        if (exceptionType is not null) Add(HeaderNames.DeadLetterException, exceptionType);
        Add(HeaderNames.DeadLetterAttempts, attempts.ToString(CultureInfo.InvariantCulture));
        return new Message<byte[]?, byte[]?> { Key = record.Key, Value = record.Value, Headers = headers };

        void Add(string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_producer.IsValueCreated) _producer.Value.Dispose();
    }
}
