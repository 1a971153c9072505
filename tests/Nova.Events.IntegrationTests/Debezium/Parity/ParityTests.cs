using System.Globalization;
using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Debezium.Parity;

/// <summary>Captured tables as Debezium publishes them, with the settings of our connector file.</summary>
[Collection(ServersCollection.Name)]
public sealed class ParityTests(RunningServers servers)
{
    [SkippableFact]
    public async Task Debezium_publishes_every_change_of_the_script()
    {
        Skip.If(KafkaConnect.Missing is not null, KafkaConnect.Missing);
        Skip.If(servers.All.Kafka.IsMock, "Kafka Connect needs a broker");
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var script = await ParityScript.PrepareAsync(database);
        await using var worker = await ConnectWorker.StartAsync(servers, database, ConnectorFile.Capture, ParityScript.Tables);
        await script.RunAsync(IsReadAsync);
        var records = CapturedRecord.Of((await LogAsync()).Where(IsTheirs));
        var changes = records.Where(record => record.Op != "r").CountBy(record => record.Op).ToDictionary();
        changes.Keys.Order(StringComparer.Ordinal).ShouldBe(["c", "d", "t", "u"]);
        records.Count(record => record is { Table: "types", Op: "c" }).ShouldBe(records.Count(record => record is { Table: "types", Op: "d" }));
        new EnvelopeComparison((_, _) => "").Compare(records, records).ShouldBeEmpty();
    }

    private static bool IsTheirs(ConsumedRecord record) => !record.TryGetHeader(HeaderNames.Position, out _);

    private Task<List<ConsumedRecord>> LogAsync() => new TopicLog(servers.Kafka).ReadAsync(topic => topic.StartsWith("cdc.", StringComparison.Ordinal));

    private async Task IsReadAsync(int mark)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{{\"id\":{mark}}}");
        var log = await new TopicLog(servers.Kafka).ReadAsync(topic => topic == "cdc.done", records => records.Any(IsMark));
        log.Any(IsMark).ShouldBeTrue($"Debezium did not come to {key}");
        bool IsMark(ConsumedRecord record) => IsTheirs(record) && record.Key.AsSpan().SequenceEqual(System.Text.Encoding.UTF8.GetBytes(key));
    }
}
