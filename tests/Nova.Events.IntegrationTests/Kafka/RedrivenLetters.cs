using System.Text;
using Confluent.Kafka;
using Nova.Events.ClickHouse.Verification;
using Nova.Events.Contracts;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Consuming;
using Shouldly;

namespace Nova.Events.IntegrationTests.Kafka;

/// <summary>Dead letters of two tables, the fix that lets them in, and what must hold once they were redriven.</summary>
internal static class RedrivenLetters
{
    public const string Refuse = "ALTER TABLE outbox_events ADD CONSTRAINT no_nine CHECK event_type != 'Nine'";
    public const string Accept = "ALTER TABLE outbox_events DROP CONSTRAINT no_nine";

    /// <summary>A sink that has given up so many events of a refused type, and so many of an unknown one.</summary>
    public static async Task<SinkRig> StartAsync(RunningServers servers, int nines, int shares)
    {
        var rig = await SinkRig.StartAsync(servers);
        await rig.AddClientTopicAsync("view");
        await rig.Client.ExecuteAsync(Refuse, CancellationToken.None);
        for (var i = 0; i < nines; i++) await rig.LikeAsync(i, type: "Nine");
        var last = await rig.LikeAsync(100);
        for (var i = 0; i < shares; i++) await rig.ViewAsync(i, type: "share");
        await rig.ViewAsync(100);
        await rig.RunPastAsync((rig.Topic, last), (rig.ClientTopic!, shares));
        rig.DeadLetters().Count.ShouldBe(nines + shares);
        return rig;
    }

    public static async Task FixAsync(SinkRig rig)
    {
        await rig.Client.ExecuteAsync(Accept, CancellationToken.None);
        await rig.AddClientTopicAsync("view", "share");
    }

    /// <summary>As <c>nova verify</c> looks at it: every offset once in its table, the view's sums those of the rows.</summary>
    public static async Task CheckAsync(SinkRig rig, int nines, int shares)
    {
        (await rig.CountAsync("count()", "outbox_events WHERE event_type = 'Nine'")).ShouldBe(nines);
        (await rig.CountAsync("count()", "events_raw WHERE event_type = 'share'")).ShouldBe(shares);
        (await rig.ViewAsync("shares")).ShouldBe(shares);
        var (reader, log, tables) = (new TopicReader(rig.Kafka), new LogVerifier(), new TableVerifier(rig.Client));
        foreach (var (table, topic) in new[] { ("outbox_events", rig.Topic), ("events_raw", rig.ClientTopic) })
        {
            var partition = (await reader.SnapshotAsync(name => name == topic, CancellationToken.None)).ShouldHaveSingleItem();
            var content = await log.ReadAsync(reader.ReadAsync(partition, CancellationToken.None), CancellationToken.None);
            var report = await tables.CompareAsync(table, [content], new HashSet<(string, int, long)>(), CancellationToken.None);
            (report.Ok, report.Present).ShouldBe((true, partition.End), string.Join("; ", report.Examples));
        }

        (await tables.CompareMetricsAsync(CancellationToken.None)).Ok.ShouldBeTrue();
    }

    public static (string Name, string Value)[] Origin(string topic, string offset) =>
    [
        (HeaderNames.Id, Guid.CreateVersion7().ToString()), (HeaderNames.EventType, "Nine"), (HeaderNames.DeadLetterId, Guid.CreateVersion7().ToString()),
        (HeaderNames.DeadLetterTopic, topic), (HeaderNames.DeadLetterPartition, "0"), (HeaderNames.DeadLetterOffset, offset), (HeaderNames.DeadLetterTimestamp, "1"),
    ];

    public static string Header(ConsumeResult<byte[]?, byte[]?> letter, string name) => Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(name));
}
