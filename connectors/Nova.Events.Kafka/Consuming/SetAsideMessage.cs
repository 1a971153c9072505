using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming;

/// <summary>A record as it lies in a group's dead letters or in its retry topic.</summary>
internal static class SetAsideMessage
{
    private const int MaxTextLength = 8_000;

    /// <summary>Headers that say of a record of the retry topic where it came from: they stay.</summary>
    private static readonly string[] Origin =
        [HeaderNames.DeadLetterId, HeaderNames.DeadLetterTopic, HeaderNames.DeadLetterPartition, HeaderNames.DeadLetterOffset, HeaderNames.DeadLetterTimestamp, HeaderNames.DeadLetterGroup];

    /// <summary>Headers that say what became of it: they are written anew.</summary>
    private static readonly string[] Fate = [HeaderNames.DeadLetterReason, HeaderNames.DeadLetterException, HeaderNames.DeadLetterAttempts, HeaderNames.RetryDelay];

    /// <param name="retryDelay">Null for a dead letter.</param>
    public static Message<byte[]?, byte[]?> Of(string group, ConsumedRecord record, string reason, string? exceptionType, int attempts, TimeSpan? retryDelay)
    {
        var headers = new Headers();
        var isRetried = record.Topic == Topics.Retry(group) && record.TryGetHeader(HeaderNames.DeadLetterId, out _);
        foreach (var header in record.Headers)
            if (!isRetried || !Fate.Contains(header.Name)) headers.Add(NameIn(header.Name, isRetried, retryDelay is not null), header.Value);
        if (!isRetried) AddOrigin(headers, group, record);
        Add(headers, HeaderNames.DeadLetterReason, Shortened(reason));
        if (exceptionType is not null) Add(headers, HeaderNames.DeadLetterException, Shortened(exceptionType));
        Add(headers, HeaderNames.DeadLetterAttempts, Text(attempts));
        if (retryDelay is { Ticks: > 0 } delay) Add(headers, HeaderNames.RetryDelay, Text((long)delay.TotalMilliseconds));
        return new Message<byte[]?, byte[]?> { Key = record.Key, Value = record.Value, Headers = headers };
    }

    private static string NameIn(string name, bool isRetried, bool toRetry) => name switch
    {
        HeaderNames.Position when toRetry => HeaderNames.OriginalPosition,
        HeaderNames.OriginalPosition when isRetried && !toRetry => HeaderNames.Position,
        _ => name,
    };

    private static void AddOrigin(Headers headers, string group, ConsumedRecord record)
    {
        string[] values =
        [
            DeadLetterWriter.IdOf(group, record.Topic, record.Partition, record.Offset).ToString(), record.Topic, Text(record.Partition), Text(record.Offset),
            Text(record.Timestamp.ToUnixTimeMilliseconds()), group,
        ];
        foreach (var (name, value) in Origin.Zip(values)) Add(headers, name, value);
    }

    // A handler may say what it wants; the dead letter must fit into its topic.
    private static string Shortened(string text) => text.Length <= MaxTextLength ? text : text[..(MaxTextLength - 1)] + "…";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Add(Headers headers, string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));
}
