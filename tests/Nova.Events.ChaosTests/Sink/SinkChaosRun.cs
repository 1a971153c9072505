using Nova.Events.ChaosTests.Faults;
using Nova.Events.ChaosTests.Running;
using Nova.Events.ChaosTests.Sink.Checking;
using Nova.Events.ChaosTests.Sink.Watching;
using Nova.Events.ChaosTests.Sink.Writing;
using Nova.Events.Contracts;

namespace Nova.Events.ChaosTests.Sink;

/// <summary>Writers write, faults come, both end, everything heals; then Kafka is compared with ClickHouse.</summary>
internal sealed class SinkChaosRun(ChaosOptions options)
{
    public async Task<IChaosResult> RunAsync(CancellationToken stop)
    {
        var (state, toxiproxy) = await ChaosState.OpenAsync<SinkChaosState>(options, stop);
        await using var fleet = await SinkFleet.StartAsync(options.Folder, fresh: !options.Resume, toxiproxy, stop);
        state.Write(options.Folder);
        var ended = await WriteThroughFaultsAsync(fleet, state, stop);
        Say.Line("faults and writers have ended, the sinks drain");
        var drained = await new SinkDrain(fleet).RunAsync(stop);
        await fleet.StopSinksAsync();
        Say.Line(drained ? "the sinks have committed past everything; log, tables, view and dead letters are compared" : "the sinks did not commit past everything in time; log, tables, view and dead letters are compared");
        var (check, verifier) = (new SinkCheck(fleet), new VerifierCheck(fleet));
        var (found, hops) = (await check.RunAsync(stop), await verifier.RunAsync(stop));
        return new SinkResult(
            state, state.Skipped(SinkFaults.All), drained, ended, SinkLogs.Count([.. fleet.Sinks, fleet.Guest]), fleet.Manager.Restarts, found, hops,
            await check.CanFailAsync(found, stop), await verifier.CanFailAsync(stop));
    }

    /// <summary>Returns the sinks that ended by themselves.</summary>
    private async Task<IReadOnlyList<string>> WriteThroughFaultsAsync(SinkFleet fleet, SinkChaosState state, CancellationToken stop)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var tally = new WriterTally();
        await using var tables = new TableWatch(SinkFleet.Url(fleet.Servers.Local.ClickHouse.Http.Port));
        var writing = WriteAsync(fleet, state, tally, enough.Token);
        try
        {
            return await new FaultSeries(new SinkGround(fleet), tables.Silences, state, Note).RunAsync(SinkFaults.Plan(state.Seed, state.Faults, state.Takes), stop);
        }
        finally
        {
            await enough.CancelAsync();
            await writing;
            Note();
        }

        void Note()
        {
            tally.MoveTo(state);
            state.Write(options.Folder);
        }
    }

    private static Task WriteAsync(SinkFleet fleet, SinkChaosState state, WriterTally tally, CancellationToken enough)
    {
        var (seed, kafka, rate) = (state.Seed + state.Next, fleet.Servers.BootstrapServers, state.Rate / 2.0);
        var domain = new DomainRecords(new Random(seed), part: state.Resumptions + 1);
        var client = new ClientRecords(new Random(seed));
        return Task.WhenAll(
            new RecordWriter(kafka, SinkFleet.DomainTopic, rate, domain.Next, tally).RunAsync(enough),
            new RecordWriter(kafka, Topics.ClientEvents, rate, client.Next, tally).RunAsync(enough));
    }
}
