using Confluent.Kafka;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming.Handling;

namespace Nova.Events.Benchmarks.Consuming;

/// <summary>
/// Confluent.Kafka alone, in a loop that counts: with the client's settings that our consumer has, which are faster than the defaults, and nothing stored,
/// committed or handed to another thread.
/// </summary>
internal static class BareLoop
{
    /// <summary>Keys, values and headers as arrays, and everything else that a result has.</summary>
    public static ConsumeRun AllFields(KafkaOptions kafka, ConsumeTopic topic, int records) =>
        Run<byte[], byte[]>(kafka, topic, records, "all", static builder => builder);

    /// <summary>Neither topic nor timestamp nor headers; key and value copied into memory that is used again.</summary>
    public static ConsumeRun Pooled(KafkaOptions kafka, ConsumeTopic topic, int records)
    {
        var memory = new RingMemory();
        return Run<int, int>(kafka, topic, records, "none", builder => builder.SetKeyDeserializer(memory).SetValueDeserializer(memory));
    }

    /// <summary>Offsets only: neither key nor value nor anything else is looked at.</summary>
    public static ConsumeRun Ignored(KafkaOptions kafka, ConsumeTopic topic, int records) =>
        Run<Ignore, Ignore>(kafka, topic, records, "none", static builder => builder);

    private static ConsumeRun Run<TKey, TValue>(
        KafkaOptions kafka, ConsumeTopic topic, int records, string fields, Func<ConsumerBuilder<TKey, TValue>, ConsumerBuilder<TKey, TValue>> build)
    {
        var options = new HandlerConsumerOptions { Group = $"bench-{Guid.CreateVersion7():n}" };
        var config = options.ToConfig(kafka);
        (config.AutoOffsetReset, config.EnableAutoCommit, config.ConsumeResultFields) = (AutoOffsetReset.Earliest, false, fields);
        using var consumer = build(new ConsumerBuilder<TKey, TValue>(config).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { })).Build();
        consumer.Subscribe(topic.Name);
        Stretch? stretch = null;
        for (var count = 0; count < records;)
        {
            if (consumer.Consume(100) is not { IsPartitionEOF: false }) continue;
            stretch ??= new Stretch();
            count++;
        }

        var run = stretch!.End(records);
        consumer.Close();
        return run;
    }

    private sealed class RingMemory : IDeserializer<int>
    {
        private readonly byte[] _bytes = new byte[1 << 20];
        private int _end;

        public int Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context)
        {
            if (_bytes.Length - _end < data.Length) _end = 0;
            data.CopyTo(_bytes.AsSpan(_end));
            _end += data.Length;
            return _end - data.Length;
        }
    }
}
