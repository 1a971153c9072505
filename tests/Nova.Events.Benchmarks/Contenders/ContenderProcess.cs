using System.Globalization;
using Nova.Events.Benchmarks.Measuring;
using Nova.Events.Cli.Commands;
using Nova.Events.LocalStack.Processes;

namespace Nova.Events.Benchmarks.Contenders;

/// <summary>A contender as our child process: it dies with us, and ends with SIGKILL, which no contender may answer slowly.</summary>
internal sealed class ContenderProcess : IAsyncDisposable
{
    private readonly ServerProcess _process;
    private readonly ProcessSpec _spec;
    private readonly int _id;
    private readonly string? _since;

    private ContenderProcess(ServerProcess process, ProcessSpec spec)
    {
        (_process, _spec) = (process, spec);
        _id = int.Parse(File.ReadAllText(spec.PidFile).Split(' ')[0], CultureInfo.InvariantCulture);
        _since = ProcessTable.StartTime(_id);
    }

    public bool HasExited => _since is null || ProcessTable.StartTime(_id) != _since;

    public ProcessUsage Usage => HasExited ? default : ProcessUsage.OfTree(_id);

    /// <summary>Its complaint, with what it wrote last.</summary>
    public CommandException Failed(string what) =>
        new($"{what}. Its last words: {string.Join(" | ", File.Exists(_spec.LogFile) ? File.ReadLines(_spec.LogFile).Where(line => line.Length > 0).TakeLast(8) : [])}");

    public static async Task<ContenderProcess> StartAsync(ProcessSpec spec, CancellationToken cancellationToken)
    {
        var process = new ServerProcess(spec, static _ => Task.FromResult(true), Timeout.InfiniteTimeSpan, TimeProvider.System);
        await process.StartAsync(cancellationToken);
        return new ContenderProcess(process, spec);
    }

    public async ValueTask DisposeAsync() => await _process.KillAsync(CancellationToken.None);
}
