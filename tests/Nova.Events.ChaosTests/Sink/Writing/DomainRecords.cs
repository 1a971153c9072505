using System.Globalization;
using Nova.Events.Contracts;

namespace Nova.Events.ChaosTests.Sink.Writing;

/// <summary>
/// Domain events as a relay publishes them: positions of two sources that grow in every partition, now and then some records again, as a relay leaves them
/// that was killed, and some that no table takes.
/// </summary>
/// <param name="random">Decides all but the events' ids.</param>
/// <param name="part">Number of this part of the run, from 1: positions of a later part are higher.</param>
internal sealed class DomainRecords(Random random, int part)
{
    private const int Remembered = 300;
    private static readonly string[] Sources = ["chaos-a", "chaos-b"];
    private static readonly string[] Types =
    [
        .. Enumerable.Repeat("PostLiked", 9), .. Enumerable.Repeat("PostUnliked", 2), .. Enumerable.Repeat("CommentAdded", 5), "CommentDeleted",
        .. Enumerable.Repeat("PostPublished", 3),
    ];

    private readonly Queue<ChaosRecord> _last = new();
    private uint _changes;

    /// <summary>What is written next: mostly one record.</summary>
    public IEnumerable<ChaosRecord> Next()
    {
        if (_last.Count > 0 && random.Next(100) == 0) return Again();
        var record = random.Next(200) == 0 ? Malformed(Event()) : Event();
        _last.Enqueue(record);
        if (_last.Count > Remembered) _last.Dequeue();
        return [record];
    }

    /// <summary>One of the last records, or all since then.</summary>
    private ChaosRecord[] Again()
    {
        var since = _last.Skip(random.Next(_last.Count));
        return random.Next(20) == 0 ? [.. since] : [since.First()];
    }

    private ChaosRecord Event()
    {
        var (post, type) = (random.Next(1, 200), Types[random.Next(Types.Length)]);
        var payload = random.Next(100) == 0 && type == "PostPublished" ? null : $"{{\"post_id\": {post}, \"post_author_id\": {post % 13}, \"user_id\": {random.Next(1, 5_000)}}}";
        var position = new SourcePosition(Sources[random.Next(Sources.Length)], Position.Of(1, (ulong)part, _changes++));
        var record = new ChaosRecord($"post-{post}", payload, [(HeaderNames.Id, Guid.CreateVersion7().ToString()), (HeaderNames.EventType, type), (HeaderNames.Position, position.ToString())]);
        if (random.Next(3) > 0) record = record.With(HeaderNames.OccurredAt, Earlier().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
        return random.Next(4) == 0 ? record.With(HeaderNames.Tenant, "acme") : record;
    }

    private ChaosRecord Malformed(ChaosRecord record) => (random.Next(7) switch
    {
        0 => record.Without(HeaderNames.Id),
        1 => record.With(HeaderNames.Id, "42"),
        2 => record.Without(HeaderNames.EventType),
        3 => record.With(HeaderNames.Position, "nowhere"),
        4 => record.With(HeaderNames.OccurredAt, "yesterday"),
        5 => record.With(HeaderNames.StreamVersion, "one"),
        _ => record with { Value = "{\"post_id\": " },
    }).With(ChaosRecord.Malformed, "1");

    private DateTimeOffset Earlier() => TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(random.Next(0, 180));
}
