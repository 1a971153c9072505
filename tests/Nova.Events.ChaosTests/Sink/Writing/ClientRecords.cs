using System.Globalization;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Social;

namespace Nova.Events.ChaosTests.Sink.Writing;

/// <summary>Client events: no positions, now and then an id again within the window or beyond it, and some that no table takes.</summary>
/// <param name="random">Decides all but the events' ids.</param>
internal sealed class ClientRecords(Random random)
{
    /// <summary>So many of a topic that an id may come again outside of the window of its partition.</summary>
    private const int Remembered = SinkFleet.EventIdWindow * SinkFleet.Partitions * 2;

    private static readonly string[] Types =
    [
        .. Enumerable.Repeat(ClientEventTypes.Impression, 12), .. Enumerable.Repeat(ClientEventTypes.View, 5), .. Enumerable.Repeat(ClientEventTypes.Like, 2), ClientEventTypes.Share,
    ];

    private readonly List<ChaosRecord> _last = [];
    private int _next;

    /// <summary>What is written next.</summary>
    public IEnumerable<ChaosRecord> Next()
    {
        if (_last.Count > 0 && random.Next(50) == 0) return [_last[random.Next(_last.Count)]];
        if (random.Next(200) == 0) return [Malformed(Event())];
        var record = Event();
        if (_last.Count < Remembered) _last.Add(record);
        else _last[_next++ % Remembered] = record;
        return [record];
    }

    private ChaosRecord Event()
    {
        var (user, post) = (random.Next(1, 400), random.Next(1, 200));
        var at = TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(random.Next(0, 180));
        var payload = string.Create(CultureInfo.InvariantCulture, $"{{\"user_id\":{user},\"post_id\":{post},\"author_id\":{post % 13},\"occurred_at\":\"{at:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}\"}}");
        return new ChaosRecord($"{user}", payload, [(HeaderNames.Id, Guid.CreateVersion7().ToString()), (HeaderNames.EventType, Types[random.Next(Types.Length)])]);
    }

    private ChaosRecord Malformed(ChaosRecord record) => (random.Next(6) switch
    {
        0 => record.Without(HeaderNames.Id),
        1 => record.With(HeaderNames.Id, "42"),
        2 => record.With(HeaderNames.EventType, "unlike"),
        3 => record with { Value = null },
        4 => record with { Value = record.Value!.Replace("\"20", "\"90", StringComparison.Ordinal) },
        _ => record with { Value = "impression" },
    }).With(ChaosRecord.Malformed, "1");
}
