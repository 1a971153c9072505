using System.Globalization;
using System.Text;
using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Relay;
using Nova.Events.IntegrationTests.Servers;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Debezium.Parity;

/// <summary>Captured tables: the relay beside Debezium with the settings of our connector file, on the same changes.</summary>
[Collection(ServersCollection.Name)]
public sealed class ParityTests(RunningServers servers)
{
    [SkippableFact]
    public async Task The_relay_tells_the_changes_of_captured_tables_as_Debezium_does()
    {
        Skip.If(KafkaConnect.Missing is not null, KafkaConnect.Missing);
        Skip.If(servers.All.Kafka.IsMock, "Kafka Connect needs a broker");
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var script = await ParityScript.PrepareAsync(rig.Database);
        await using var worker = await ConnectWorker.StartAsync(servers, rig.Database, ConnectorFile.Capture, ParityScript.Tables);
        await using var relay = await rig.StartAsync();
        await script.RunAsync(mark => IsReadAsync(mark, rig));
        await worker.ConfirmsAsync();
        var types = await script.TypesAsync();
        var (ours, theirs) = (CapturedRecord.Of(await OursAsync(rig)), CapturedRecord.Of(await TheirsAsync(rig)));
        theirs.Select(record => record.Op).Distinct().Order(StringComparer.Ordinal).ShouldBe(["c", "d", "t", "u"]);
        var differences = new EnvelopeComparison((table, column) => types.GetValueOrDefault((table, column), "")).Compare(ours, theirs);
        ExpectedDifference.Judge(differences, MeantDifferences.All).ShouldBeEmpty();
        await RelayRig.StopAsync(relay);
    }

    private Task<List<ConsumedRecord>> OursAsync(RelayRig rig) => LogAsync(rig.CapturePrefix);

    /// <remarks>Other tests' connectors write to <c>cdc.</c>, too, from other databases.</remarks>
    private async Task<List<ConsumedRecord>> TheirsAsync(RelayRig rig)
    {
        var source = $"\"db\":\"{new NpgsqlConnectionStringBuilder(rig.Database.ConnectionString).Database}\"";
        var log = await LogAsync("cdc.");
        return [.. log.GroupBy(record => record.Topic).Where(topic => topic.Any(IsOfThisDatabase)).SelectMany(topic => topic)];
        bool IsOfThisDatabase(ConsumedRecord record) => record.Value is not null && Encoding.UTF8.GetString(record.Value).Contains(source, StringComparison.Ordinal);
    }

    private Task<List<ConsumedRecord>> LogAsync(string prefix) => new TopicLog(servers.Kafka).ReadAsync(topic => topic.StartsWith(prefix, StringComparison.Ordinal));

    private async Task IsReadAsync(int mark, RelayRig rig)
    {
        foreach (var prefix in (string[])["cdc.", rig.CapturePrefix])
        {
            var log = await new TopicLog(servers.Kafka).ReadAsync(topic => topic == $"{prefix}done", records => records.Any(IsMark));
            log.Any(IsMark).ShouldBeTrue($"mark {mark} did not come to {prefix}done");
        }

        bool IsMark(ConsumedRecord record) => Encoding.UTF8.GetString(record.Key ?? []) == string.Create(CultureInfo.InvariantCulture, $"{{\"id\":{mark}}}");
    }
}
