using System.Text;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Native;

namespace Nova.Events.UnitTests.Kafka;

internal static class Records
{
    public static RecordView At(long offset, string? id = null, Position? position = null, string? value = "{}", string key = "k", string type = "PostLiked", long? version = null, string source = "main")
    {
        var headers = new List<RecordHeader> { new(HeaderNames.EventType, Encoding.UTF8.GetBytes(type)) };
        if (id is not null) headers.Add(new(HeaderNames.Id, Encoding.UTF8.GetBytes(id)));
        if (position is { } known) headers.Add(new(HeaderNames.Position, Encoding.UTF8.GetBytes(new SourcePosition(source, known).ToString())));
        if (version is { } number) headers.Add(new(HeaderNames.StreamVersion, Encoding.UTF8.GetBytes(number.ToString(System.Globalization.CultureInfo.InvariantCulture))));
        return new ConsumedRecord
        {
            Topic = "outbox.event.like",
            Partition = 2,
            Offset = offset,
            Timestamp = DateTimeOffset.UnixEpoch.AddDays(20_000).AddMilliseconds(offset),
            Key = Encoding.UTF8.GetBytes(key),
            Value = value is null ? null : Encoding.UTF8.GetBytes(value),
            Headers = headers,
        }.View();
    }

    public static FetchedRecord Fetched(this RecordView record) => new(record);

    public static async IAsyncEnumerable<T> Async<T>(IEnumerable<T> items)
    {
        await Task.CompletedTask;
        foreach (var item in items) yield return item;
    }
}
