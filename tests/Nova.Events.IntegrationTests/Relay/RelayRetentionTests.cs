using System.Diagnostics.Metrics;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Outbox;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Relay;

[Collection(ServersCollection.Name)]
public sealed class RelayRetentionTests(RunningServers servers)
{
    private static readonly (string, string)[] Often = [("Relay:RetentionInterval", "00:00:00.3")];

    [Fact]
    public async Task A_published_day_older_than_the_retention_is_dropped_and_partitions_are_made_ahead()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.Database.AddOldDayAsync(Today.AddDays(-9));
        await rig.Database.AddOldDayAsync(Today.AddDays(-2));
        await using var relay = await rig.StartAsync(Often);
        (await Eventually.ValueAsync(() => PartitionsAsync(rig), partitions => partitions == 16)).ShouldBe(16);
        (await rig.Database.ScalarAsync<bool>($"SELECT to_regclass('nova.outbox_{Today.AddDays(-9):yyyyMMdd}') IS NULL")).ShouldBeTrue();
        (await rig.LogAsync(2)).Count.ShouldBe(2);
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task What_stands_in_the_way_is_a_metric_with_its_reason_and_rows_in_the_default_partition_are_one()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.Database.AddOldDayAsync(Today.AddDays(-9));
        await rig.Database.ExecuteAsync("INSERT INTO nova.outbox (id, aggregatetype, aggregateid, type, created_at) VALUES (nova.uuid_v7(), 'post', '1', 'Later', now() + interval '90 days')");
        await using var longer = await rig.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await longer.BeginTransactionAsync();
        await transaction.EmitAsync(Messages.Post("Longer"));
        await using var relay = await rig.StartAsync(Often);
        (await Eventually.LocalAsync(Gauges, gauges => gauges.ContainsKey("nova.outbox.partitions.overdue locked"))).ShouldContainKeyAndValue("nova.outbox.partitions.overdue locked", 1);
        var seen = Gauges();
        (seen["nova.outbox.default.rows"], seen["nova.outbox.partitions.ahead"]).ShouldBe((1, 15));
        seen["nova.outbox.partitions.oldest.age"].ShouldBeInRange(9 * 86400, 10 * 86400);
        await transaction.CommitAsync();
        (await Eventually.LocalAsync(Gauges, gauges => gauges.ContainsKey("nova.outbox.partitions.overdue"))).ShouldContainKeyAndValue("nova.outbox.partitions.overdue", 0);
        await RelayRig.StopAsync(relay);
        File.ReadAllText(rig.LogFile).ShouldContain("reason=locked: a longer transaction holds the table");
    }

    [Fact]
    public async Task A_standby_does_nothing_until_it_takes_over()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var first = await rig.StartAsync(("Relay:RetentionInterval", "23:00:00"));
        await Eventually.ValueAsync(() => PartitionsAsync(rig), partitions => partitions == 15);
        await using var second = await rig.StartAsync(Often);
        await RelayRig.StateAsync(second, "standby");
        await rig.Database.AddOldDayAsync(Today.AddDays(-9));
        await rig.Database.EmitAsync(Messages.Post("ByTheFirst"));
        await rig.LogAsync(2);
        (await PartitionsAsync(rig)).ShouldBe(16);
        await RelayRig.StopAsync(first);
        (await Eventually.ValueAsync(() => PartitionsAsync(rig), partitions => partitions == 15)).ShouldBe(15);
        await RelayRig.StopAsync(second);
    }

    private static DateOnly Today { get; } = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    /// <summary>Days' partitions; the default one is not counted.</summary>
    private static Task<long> PartitionsAsync(RelayRig rig) => rig.Database.ScalarAsync<long>("SELECT count(*) - 1 FROM pg_inherits WHERE inhparent = 'nova.outbox'::regclass");

    /// <summary>The gauges of the retention now, each with its reason if it has one.</summary>
    private static Dictionary<string, double> Gauges()
    {
        var seen = new Dictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "Nova.Events.Relay.Retention") self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => seen[Name(instrument, tags)] = value);
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen[Name(instrument, tags)] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => seen[Name(instrument, tags)] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return seen;

        static string Name(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) => tags.IsEmpty ? instrument.Name : $"{instrument.Name} {tags[0].Value}";
    }
}
