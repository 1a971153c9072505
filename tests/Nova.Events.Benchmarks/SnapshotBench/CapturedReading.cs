using System.Buffers.Text;
using System.Collections;
using System.Diagnostics;
using Confluent.Kafka;
using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Cli.Commands;

namespace Nova.Events.Benchmarks.SnapshotBench;

/// <summary>
/// Reads the topic of a captured table once all is in it, off the clock: the broker wrote down when it appended each record. Which rows are
/// there, between which moments rows that were read came, and when which update came.
/// </summary>
internal sealed class CapturedReading(PublisherPlace place, int rows)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly BitArray _seen = new(rows);

    /// <summary>When (UTC, milliseconds) the first row that was read was appended.</summary>
    public DateTime First { get; private set; } = DateTime.MaxValue;

    /// <summary>When the last one was.</summary>
    public DateTime Last { get; private set; } = DateTime.MinValue;

    /// <summary>Records of rows that were read.</summary>
    public int Reads { get; private set; }

    /// <summary>When each update was appended, by its revision.</summary>
    public Dictionary<long, DateTime> Updates { get; } = [];

    /// <summary>Reads from the beginning until every row is there, and every update that was committed since the first row came.</summary>
    /// <param name="committed">Revision of each update, and when its commit returned. One before the first row may be older than the contender's slot.</param>
    /// <exception cref="CommandException">One does not come: it is lost.</exception>
    public void ReadAll(IReadOnlyDictionary<long, DateTime> committed)
    {
        using var consumer = Consumer();
        consumer.Assign(Enumerable.Range(0, PublisherPlace.Partitions).Select(partition => new TopicPartitionOffset(place.Topic, partition, Offset.Beginning)));
        for (var progressed = Stopwatch.GetTimestamp(); ;)
        {
            if (consumer.Consume(Poll) is { } record)
            {
                progressed = Stopwatch.GetTimestamp();
                Note(record.Message);
                continue;
            }

            var rowsMissing = rows - _seen.Cast<bool>().Count(static seen => seen);
            var updatesMissing = committed.Count(update => update.Value >= First && !Updates.ContainsKey(update.Key));
            if (Reads > 0 && rowsMissing == 0 && updatesMissing == 0) return;
            if (Stopwatch.GetElapsedTime(progressed) > Patience) throw new CommandException($"{place.Topic} lacks {rowsMissing:N0} of {rows:N0} rows and {updatesMissing:N0} of {committed.Count:N0} updates. A figure for it would say nothing.");
        }
    }

    private void Note(Message<byte[], byte[]> record)
    {
        var at = record.Timestamp.UtcDateTime;
        _seen[(int)NumberAfter(record.Key, "\"id\":"u8)] = true;
        if (record.Value.AsSpan().IndexOf("\"op\":\"r\""u8) >= 0)
        {
            Reads++;
            if (at < First) First = at;
            if (at > Last) Last = at;
        }
        else Updates.TryAdd(NumberAfter(record.Value, "\"revision\":"u8), at);
    }

    /// <summary>Text of a row holds no quotes, and <c>before</c> is null: the member is found by its name.</summary>
    private static long NumberAfter(ReadOnlySpan<byte> json, ReadOnlySpan<byte> member) =>
        json.IndexOf(member) is >= 0 and var at && Utf8Parser.TryParse(json[(at + member.Length)..], out long number, out _) ? number
        : throw new FormatException("A record of this bench has the members of its table.");

    private IConsumer<byte[], byte[]> Consumer()
    {
        var config = place.Kafka.ApplyTo(new ConsumerConfig(), "reading");
        (config.GroupId, config.EnableAutoCommit) = (place.Name, false);
        return new ConsumerBuilder<byte[], byte[]>(config).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
    }
}
