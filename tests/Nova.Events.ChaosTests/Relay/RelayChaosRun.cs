using Nova.Events.ChaosTests.Faults;
using Nova.Events.ChaosTests.Relay.Checking;
using Nova.Events.ChaosTests.Relay.Watching;
using Nova.Events.ChaosTests.Relay.Writing;
using Nova.Events.ChaosTests.Running;

namespace Nova.Events.ChaosTests.Relay;

/// <summary>Writers write, faults come, both end, everything heals; then the database is compared with Kafka.</summary>
internal sealed class RelayChaosRun(ChaosOptions options)
{
    public async Task<IChaosResult> RunAsync(CancellationToken stop)
    {
        var (state, toxiproxy) = await ChaosState.OpenAsync<RelayChaosState>(options, stop);
        await using var fleet = await RelayFleet.StartAsync(options.Folder, fresh: !options.Resume, toxiproxy, stop);
        state.Write(options.Folder);
        var ended = await WriteThroughFaultsAsync(fleet, state, stop);
        Say.Line("faults and writers have ended, the relay drains");
        var drain = new Drain(fleet.Database);
        var drained = await drain.RunAsync(stop);
        Say.Line(drained ? "the relay has confirmed all of the WAL; every topic is read and compared" : "the relay did not confirm all of the WAL in time; every topic is read and compared");
        var (ledger, log) = (await drain.LedgerAsync(stop), new RelayLog(fleet.Servers.BootstrapServers));
        var check = Check(ledger, log.Published(RelayFleet.TopicPrefix, stop), log.Parked(stop));
        // A check that can't fail says nothing: the same once more, with a record withheld.
        var withheld = Check(ledger, log.Published(RelayFleet.TopicPrefix, stop).Skip(1), log.Parked(stop));
        return new RelayResult(
            state, state.Skipped(RelayFaults.All), drained, ended, check, withheld.Violations[Violation.Missing] > check.Violations[Violation.Missing]);
    }

    /// <summary>Returns the relays that ended by themselves.</summary>
    private async Task<IReadOnlyList<string>> WriteThroughFaultsAsync(RelayFleet fleet, RelayChaosState state, CancellationToken stop)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var tally = new WriterTally();
        using var topics = new TopicWatch(fleet.Servers.BootstrapServers, RelayFleet.EventPartitions);
        await using var slot = new SlotWatch(fleet.Database.DataSource);
        var writing = new ChaosWriters(fleet.Database.DataSource, state.Seed + state.Next, state.Rate, tally).RunAsync(enough.Token);
        try
        {
            return await new FaultSeries(new RelayGround(fleet, slot), topics.Silences, state, Note).RunAsync(RelayFaults.Plan(state.Seed, state.Faults, state.Takes), stop);
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
            state.Takeovers += slot.TakeTakeovers();
            state.Write(options.Folder);
        }
    }

    private static CheckResult Check(IReadOnlyCollection<LedgerEntry> ledger, IEnumerable<FoundRecord> published, IEnumerable<FoundRecord> parked)
    {
        var checker = new LedgerChecker(ledger);
        foreach (var record in published) checker.AddPublished(record);
        foreach (var record in parked) checker.AddParked(record);
        return checker.Finish();
    }
}
