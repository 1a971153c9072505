using System.Diagnostics;
using Nova.Events.ChaosTests.Running;
using Nova.Events.ChaosTests.Watching;
using Nova.Events.Cli.Commands;

namespace Nova.Events.ChaosTests.Faults;

/// <summary>Commits one fault of a plan after the other, from where the run stands, puts each right again, and notes what came of it.</summary>
/// <param name="ground">Where.</param>
/// <param name="silences">What is seen at the far end.</param>
/// <param name="state">The run; it goes on with the next fault.</param>
/// <param name="note">Makes the state durable.</param>
internal sealed class FaultSeries(IFaultGround ground, Silences silences, ChaosState state, Action note)
{
    /// <summary>How long the next fault waits for the recovery from this one.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<(int Outcome, Task<TimeSpan> Silence)> _open = [];
    private readonly HashSet<string> _ended = new(StringComparer.Ordinal);

    /// <summary>Waits until events come through, then commits what is left of <paramref name="plan"/>; returns the processes that ended by themselves.</summary>
    /// <exception cref="CommandException">No event came through before any fault.</exception>
    public async Task<IReadOnlyList<string>> RunAsync(IReadOnlyList<PlannedFault> plan, CancellationToken stop)
    {
        await UntilEventsComeAsync(stop);
        foreach (var fault in plan.Skip(state.Next))
        {
            _ended.UnionWith(ground.Ended);
            Say.Line($"{fault.Index + 1}/{plan.Count} {fault}");
            _open.Add((state.Outcomes.Count, await InjectAsync(fault, stop)));
            state.Next = fault.Index + 1;
            Settle();
            note();
        }

        await Task.WhenAny(Task.WhenAll(_open.Select(outcome => outcome.Silence)), Task.Delay(Patience, stop));
        Settle();
        _ended.UnionWith(ground.Ended);
        return [.. _ended];
    }

    private async Task UntilEventsComeAsync(CancellationToken stop)
    {
        var silence = silences.Begin();
        silence.End(TimeProvider.System.GetUtcNow());
        await Task.WhenAny(silence.Over, Task.Delay(Patience, stop));
        stop.ThrowIfCancellationRequested();
        if (!silence.Over.IsCompleted)
            throw new CommandException($"No event came through within {Patience.TotalSeconds:0} s, before any fault: look into the logs.");
    }

    /// <summary>Waits the gap, does it, and mends it; whatever happens meanwhile, it is mended.</summary>
    private async Task<Task<TimeSpan>> InjectAsync(PlannedFault fault, CancellationToken stop)
    {
        await Task.Delay(fault.Gap, stop);
        var started = Stopwatch.GetTimestamp();
        var silence = silences.Begin();
        try
        {
            await ground.BeginAsync(fault, stop);
            await Task.Delay(fault.Duration, stop);
        }
        finally
        {
            await ground.EndAsync(fault);
        }

        silence.End(TimeProvider.System.GetUtcNow());
        state.Outcomes.Add(new FaultOutcome(fault.Index, fault.Kind.ToString(), Stopwatch.GetElapsedTime(started).TotalSeconds, null, ground.OtherTookOver));
        if (fault.AwaitsRecovery) await Task.WhenAny(silence.Over, Task.Delay(Patience, stop));
        return silence.Over;
    }

    private void Settle()
    {
        foreach (var (outcome, silence) in _open.Where(entry => entry.Silence.IsCompletedSuccessfully))
            state.Outcomes[outcome] = state.Outcomes[outcome] with { SilenceSeconds = silence.GetAwaiter().GetResult().TotalSeconds };
        _open.RemoveAll(entry => entry.Silence.IsCompleted);
    }
}
