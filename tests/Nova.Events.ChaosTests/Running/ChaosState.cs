using System.Text.Json;
using Nova.Events.ChaosTests.Faults;
using Nova.Events.ChaosTests.Servers;
using Nova.Events.Cli.Commands;

namespace Nova.Events.ChaosTests.Running;

/// <summary>How far a run is, in a file of its folder: what is needed to take it up again. Each command adds what it counts.</summary>
internal abstract class ChaosState
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    public int Seed { get; init; }

    /// <summary>How many faults were asked for.</summary>
    public int Faults { get; init; }

    /// <summary>Kinds to which the faults are confined; empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    public int Rate { get; init; }

    /// <summary>False where the network can't be cut.</summary>
    public bool Cuts { get; init; }

    /// <summary>Index of the next fault.</summary>
    public int Next { get; set; }

    /// <summary>How often the run was taken up again.</summary>
    public int Resumptions { get; set; }

    public List<FaultOutcome> Outcomes { get; init; } = [];

    /// <summary>The state of the run that <paramref name="options"/> ask for: a new one, or the one to be resumed, with the program that cuts its networks.</summary>
    /// <exception cref="CommandException">The folder holds no run, or the run needs toxiproxy and there is none.</exception>
    public static async Task<(T State, string? Toxiproxy)> OpenAsync<T>(ChaosOptions options, CancellationToken cancellationToken) where T : ChaosState, new()
    {
        var earlier = options.Resume ? Read<T>(options.Folder) : null;
        var toxiproxy = earlier?.Cuts == false ? null : await Toxiproxy.FindAsync(cancellationToken);
        if (earlier?.Cuts == true && toxiproxy is null) throw new CommandException("The run in this folder cuts networks, and toxiproxy-server is gone: it must be on PATH, or in ../shared/tools.");
        if (earlier is not null) earlier.Resumptions++;
        return (earlier ?? new T { Seed = options.Seed, Faults = options.Faults, Only = options.Only, Rate = options.Rate, Cuts = toxiproxy is not null }, toxiproxy);
    }

    /// <summary>True for a kind that this run commits.</summary>
    public bool Takes(FaultKind kind) => IsAsked(kind) && (Cuts || !kind.NeedsProxy);

    /// <summary>Those of <paramref name="kinds"/> that could not be committed here, each with the reason.</summary>
    public IReadOnlyList<string> Skipped(IEnumerable<FaultKind> kinds) =>
        Cuts ? [] : [.. kinds.Where(kind => IsAsked(kind) && kind.NeedsProxy).Select(kind => $"{kind}: no toxiproxy-server, neither on PATH nor in ../shared/tools")];

    /// <summary>Written beside, then put in place: a run that is killed meanwhile finds the one or the other, whole.</summary>
    public void Write(string folder)
    {
        var unfinished = ChaosFolder.StateFile(folder) + ".new";
        File.WriteAllText(unfinished, JsonSerializer.Serialize(this, GetType(), Readable));
        File.Move(unfinished, ChaosFolder.StateFile(folder), overwrite: true);
    }

    private bool IsAsked(FaultKind kind) => Only.Count == 0 || Only.Contains(kind.ToString());

    private static T Read<T>(string folder) =>
        File.Exists(ChaosFolder.StateFile(folder))
            ? JsonSerializer.Deserialize<T>(File.ReadAllText(ChaosFolder.StateFile(folder)))!
            : throw new CommandException($"There is no run to resume in {folder}. Leave --resume out, or name the folder of one: --data.");
}
