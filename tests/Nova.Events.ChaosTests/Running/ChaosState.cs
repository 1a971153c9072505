using System.Text.Json;
using Nova.Events.ChaosTests.Faults;
using Nova.Events.ChaosTests.Servers;
using Nova.Events.Cli.Commands;

namespace Nova.Events.ChaosTests.Running;

/// <summary>How far a run is, in a file of its folder: what is needed to take it up again.</summary>
internal sealed class ChaosState
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    public int Seed { get; init; }

    /// <summary>Faults of each kind.</summary>
    public int Faults { get; init; }

    public int Rate { get; init; }

    /// <summary>False where the network can't be cut.</summary>
    public bool Cuts { get; init; }

    /// <summary>Index of the next fault.</summary>
    public int Next { get; set; }

    /// <summary>How often the run was taken up again.</summary>
    public int Resumptions { get; set; }

    /// <summary>How often another relay took the slot.</summary>
    public int Takeovers { get; set; }

    /// <summary>Transactions of the writers, from all parts of the run.</summary>
    public long Committed { get; set; }

    public long RolledBack { get; set; }

    public long Failed { get; set; }

    public long InDoubt { get; set; }

    public List<FaultOutcome> Outcomes { get; init; } = [];

    /// <exception cref="CommandException">The folder holds no run.</exception>
    public static ChaosState Read(string folder) =>
        File.Exists(ChaosFolder.StateFile(folder))
            ? JsonSerializer.Deserialize<ChaosState>(File.ReadAllText(ChaosFolder.StateFile(folder)))!
            : throw new CommandException($"There is no run to resume in {folder}. Leave --resume out, or name the folder of one: --data.");

    /// <summary>Written beside, then put in place: a run that is killed meanwhile finds the one or the other, whole.</summary>
    public void Write(string folder)
    {
        var unfinished = ChaosFolder.StateFile(folder) + ".new";
        File.WriteAllText(unfinished, JsonSerializer.Serialize(this, Readable));
        File.Move(unfinished, ChaosFolder.StateFile(folder), overwrite: true);
    }
}
