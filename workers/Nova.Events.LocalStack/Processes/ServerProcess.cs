using System.Diagnostics;

namespace Nova.Events.LocalStack.Processes;

/// <summary>A server that runs as our child, in a session of its own, and dies with us.</summary>
internal sealed class ServerProcess(ProcessSpec spec, Func<CancellationToken, Task<bool>> answers, TimeSpan startTimeout, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(25);
    private Process? _process;

    /// <summary>False before the first start, after its end, and when it ended by itself.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>True where it was started, and has ended though nobody here ended it.</summary>
    public bool HasEnded => _process is { HasExited: true };

    /// <summary>Process id; of the last one where it has ended.</summary>
    public int Id => _process?.Id ?? throw new InvalidOperationException("The server was not started.");

    /// <summary>Starts (or starts again) on the same ports and data, and returns when the server answers.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (PidFile.LeftOver(spec.PidFile) is { } leftOver) await KillTreeAsync(leftOver, cancellationToken);
        var process = await ChildStarter.StartAsync(CommandLine());
        PidFile.Write(spec.PidFile, process.Id);
        _process = process;
        try
        {
            await AnswersAsync(process, cancellationToken);
        }
        catch
        {
            await KillAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>SIGKILL to the server and its children, as a crash would.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        if (_process is not { } process) return;
        if (!process.HasExited) await KillTreeAsync(process.Id, cancellationToken);
        await ForgetAsync(process, cancellationToken);
    }

    /// <summary>SIGSTOP to the server and its children: their connections stay, and nobody answers on them.</summary>
    public void Freeze()
    {
        if (_process is not { HasExited: false } process) return;
        // The server first, so that it starts no further child meanwhile.
        Signals.Send(process.Id, Signal.Stop);
        foreach (var id in ProcessTable.Tree(process.Id)) Signals.Send(id, Signal.Stop);
    }

    /// <summary>SIGCONT to all that <see cref="Freeze"/> stopped: they go on as if nothing had been.</summary>
    public void Thaw()
    {
        if (_process is not { HasExited: false } process) return;
        foreach (var id in ProcessTable.Tree(process.Id)) Signals.Send(id, Signal.Continue);
    }

    /// <summary>Asks the server to end, and kills it when it takes too long.</summary>
    public async Task StopAsync()
    {
        if (_process is not { } process) return;
        using var bound = new CancellationTokenSource(spec.StopTimeout, time);
        try
        {
            if (!process.HasExited) Signals.Send(process.Id, spec.Stop);
            await ForgetAsync(process, bound.Token);
        }
        catch (OperationCanceledException)
        {
            await KillAsync(CancellationToken.None);
        }
    }

    private async Task ForgetAsync(Process process, CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken);
        File.Delete(spec.PidFile);
        process.Dispose();
        _process = null;
    }

    private ProcessStartInfo CommandLine()
    {
        // A session of its own keeps the terminal's Ctrl-C away from the server: the fleet drains first, then we stop it.
        List<string> words = ["setsid", "setpriv", "--pdeathsig", spec.ParentDeath switch { Signal.Quit => "QUIT", Signal.Terminate => "TERM", _ => "KILL" }];
        if (spec.User is { } user) words.AddRange(["--reuid", $"{user.Id}", "--regid", $"{user.GroupId}", "--clear-groups"]);
        words.AddRange(["--", spec.Program, .. spec.Arguments]);
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >>\"$NOVA_LOG\" 2>&1 </dev/null", "sh", .. words])
        {
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        start.Environment["NOVA_LOG"] = spec.LogFile;
        foreach (var (name, value) in spec.Environment) start.Environment[name] = value;
        return start;
    }

    private async Task AnswersAsync(Process process, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (!await answers(cancellationToken))
        {
            if (process.HasExited)
                throw new LocalServersException($"{Path.GetFileName(spec.Program)} ended with code {process.ExitCode}: {LastWords()} (log: {spec.LogFile})");
            if (time.GetElapsedTime(began) > startTimeout)
                throw new LocalServersException($"{Path.GetFileName(spec.Program)} did not answer within {startTimeout.TotalSeconds:0} s: {LastWords()} (log: {spec.LogFile})");
            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    private string LastWords() =>
        File.Exists(spec.LogFile) ? string.Join(" | ", File.ReadLines(spec.LogFile).Where(line => line.Length > 0).TakeLast(3)) : "it wrote nothing";

    /// <remarks>PostgreSQL refuses to start again while a child of the old postmaster holds its shared memory: wait for all of them.</remarks>
    private async Task KillTreeAsync(int processId, CancellationToken cancellationToken)
    {
        var tree = ProcessTable.Tree(processId).Select(id => (Id: id, Since: ProcessTable.StartTime(id))).ToArray();
        foreach (var (id, _) in tree) Signals.Send(id, Signal.Kill);
        while (tree.Any(member => member.Since is not null && ProcessTable.StartTime(member.Id) == member.Since))
            await Task.Delay(Poll, time, cancellationToken);
    }
}
