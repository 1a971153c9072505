using Nova.Events.ChaosTests.Checking;
using Nova.Events.ChaosTests.Faults;
using Nova.Events.ChaosTests.Servers;
using Nova.Events.ChaosTests.Watching;
using Nova.Events.ChaosTests.Writing;
using Nova.Events.Cli.Commands;

namespace Nova.Events.ChaosTests.Running;

/// <summary>Writers write, faults come, both end, everything heals; then the database is compared with Kafka.</summary>
internal sealed class RelayChaosRun(ChaosOptions options)
{
    private static readonly TimeSpan LastProgress = TimeSpan.FromSeconds(60);

    public async Task<ChaosResult> RunAsync(CancellationToken stop)
    {
        var earlier = options.Resume ? ChaosState.Read(options.Folder) : null;
        var toxiproxy = earlier?.Cuts == false ? null : await Toxiproxy.FindAsync(stop);
        if (earlier?.Cuts == true && toxiproxy is null) throw new CommandException("The run in this folder cuts networks, and toxiproxy-server is gone: it must be on PATH, or in ../shared/tools.");
        await using var servers = await ChaosServers.StartAsync(options.Folder, fresh: earlier is null, toxiproxy, new Say(), stop);
        var state = earlier ?? new ChaosState { Seed = options.Seed, Faults = options.Faults, Rate = options.Rate, Cuts = toxiproxy is not null };
        if (earlier is not null) state.Resumptions++;
        state.Write(options.Folder);
        var ended = await WriteThroughFaultsAsync(servers, state, stop);
        Say.Line("faults and writers have ended, the relay drains");
        var drain = new Drain(servers.Database);
        var drained = await drain.RunAsync(stop);
        Say.Line(drained ? "the relay has confirmed all of the WAL; every topic is read and compared" : "the relay did not confirm all of the WAL in time; every topic is read and compared");
        var (ledger, log) = (await drain.LedgerAsync(stop), new KafkaLog(servers.BootstrapServers));
        var check = Check(ledger, log.Published(ChaosServers.TopicPrefix, stop), log.Parked(stop));
        // A check that can't fail says nothing: the same once more, with a record withheld.
        var withheld = Check(ledger, log.Published(ChaosServers.TopicPrefix, stop).Skip(1), log.Parked(stop));
        return new ChaosResult(
            state, toxiproxy is null ? [.. SkippedKinds()] : [], drained, ended, check, withheld.Violations[Violation.Missing] > check.Violations[Violation.Missing]);
    }

    private static IEnumerable<string> SkippedKinds() =>
        FaultKind.All.Where(kind => kind.Action == FaultAction.Cut).Select(kind => $"{kind}: no toxiproxy-server, neither on PATH nor in ../shared/tools");

    private async Task<IReadOnlyList<string>> WriteThroughFaultsAsync(ChaosServers servers, ChaosState state, CancellationToken stop)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var tally = new WriterTally();
        using var progress = new ProgressWatch(servers.BootstrapServers, ChaosServers.EventPartitions);
        await using var slot = new SlotWatch(servers.Database.DataSource);
        var writing = new ChaosWriters(servers.Database.DataSource, state.Seed + state.Next, state.Rate, tally).RunAsync(enough.Token);
        try
        {
            await BeginAsync(progress, stop);
            return await InjectAllAsync(servers, slot, progress, state, Note, stop);
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

    /// <summary>Faults begin once events come through.</summary>
    private static async Task BeginAsync(ProgressWatch progress, CancellationToken stop)
    {
        var silence = progress.Begin();
        silence.End(TimeProvider.System.GetUtcNow());
        await Task.WhenAny(silence.Over, Task.Delay(LastProgress, stop));
        stop.ThrowIfCancellationRequested();
        if (!silence.Over.IsCompleted)
            throw new CommandException($"No event came through within {LastProgress.TotalSeconds:0} s, before any fault: look into the relays' logs.");
    }

    /// <summary>Returns the relays that ended by themselves.</summary>
    private static async Task<IReadOnlyList<string>> InjectAllAsync(ChaosServers servers, SlotWatch slot, ProgressWatch progress, ChaosState state, Action note, CancellationToken stop)
    {
        var plan = FaultPlan.Of(state.Seed, state.Faults, [.. FaultKind.All.Where(kind => state.Cuts || kind.Action != FaultAction.Cut)]);
        var injector = new FaultInjector(servers, slot, progress);
        var open = new List<(int Outcome, Task<TimeSpan> Silence)>();
        var ended = new HashSet<string>(StringComparer.Ordinal);
        foreach (var fault in plan.Skip(state.Next))
        {
            ended.UnionWith(Ended(servers));
            Say.Line($"{fault.Index + 1}/{plan.Count} {fault.Kind}{(fault.Kind.Action == FaultAction.Cut ? $" ({fault.Form})" : "")} for {fault.Duration.TotalSeconds:0.0} s");
            var (outcome, silence) = await injector.InjectAsync(fault, stop);
            open.Add((state.Outcomes.Count, silence));
            state.Outcomes.Add(outcome);
            state.Next = fault.Index + 1;
            Settle(open, state);
            note();
        }

        await Task.WhenAny(Task.WhenAll(open.Select(outcome => outcome.Silence)), Task.Delay(LastProgress, stop));
        Settle(open, state);
        ended.UnionWith(Ended(servers));
        return [.. ended];
    }

    private static IEnumerable<string> Ended(ChaosServers servers) => servers.Relays.Where(relay => !relay.IsRunning).Select(relay => $"{relay.Name} ended by itself (log: {relay.LogFile})");

    private static void Settle(List<(int Outcome, Task<TimeSpan> Silence)> open, ChaosState state)
    {
        foreach (var (outcome, silence) in open.Where(entry => entry.Silence.IsCompletedSuccessfully))
            state.Outcomes[outcome] = state.Outcomes[outcome] with { SilenceSeconds = silence.GetAwaiter().GetResult().TotalSeconds };
        open.RemoveAll(entry => entry.Silence.IsCompleted);
    }

    private static CheckResult Check(IReadOnlyCollection<LedgerEntry> ledger, IEnumerable<FoundRecord> published, IEnumerable<FoundRecord> parked)
    {
        var checker = new LedgerChecker(ledger);
        foreach (var record in published) checker.AddPublished(record);
        foreach (var record in parked) checker.AddParked(record);
        return checker.Finish();
    }
}
