using System.Diagnostics;
using System.Text.Json;
using Nova.Events.ChaosTests.Relay;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Chaos;

/// <summary>
/// <c>./nova chaos relay</c> in its short form, on servers of its own. The command itself is killed in the midst of it, too, and taken up again.
/// </summary>
[Collection(ServersCollection.Name)]
public sealed class RelayChaosTests : IDisposable
{
    private const int Each = 3;
    private const int KilledAtFault = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private readonly string _folder = TestFolder.New();

    public void Dispose() => TestFolder.Delete(_folder);

    [SkippableFact]
    public async Task Relay_database_and_broker_killed_frozen_and_cut_off_three_times_each_lose_nothing_double_nothing_and_keep_each_keys_order()
    {
        await RunAndKillAsync("--faults", $"{Each}", "--seed", "5", "--keep", "--json");
        var (code, result, said) = await RunAsync("--resume", "--keep", "--json");
        code.ShouldBe(0, said);
        Every("missing", "doubled", "out_of_order", "never_committed", "misplaced", "altered").ShouldAllBe(count => count == 0);
        Number("resumptions").ShouldBe(1);
        (Number("published") + Number("parked")).ShouldBe(Number("committed"));
        Every("transactions", "published", "parked", "takeovers").ShouldAllBe(count => count > 0);
        var skipped = result.GetProperty("skipped").EnumerateArray().Select(kind => kind.GetString()!).ToList();
        foreach (var kind in RelayFaults.All.Select(kind => kind.ToString()).Where(kind => !skipped.Exists(reason => reason.StartsWith(kind, StringComparison.Ordinal))))
            result.GetProperty("faults").GetProperty(kind).GetProperty("count").GetInt32().ShouldBe(Each, kind);

        result.GetProperty("check_can_fail").GetBoolean().ShouldBeTrue();
        Skip.If(skipped.Count > 0, string.Join("; ", skipped));

        long Number(string name) => result.GetProperty(name).GetInt64();

        IEnumerable<long> Every(params string[] names) => names.Select(Number);
    }

    private async Task<(int Code, JsonElement Result, string Said)> RunAsync(params string[] line)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var process = Start(line);
        try
        {
            var (output, said) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, JsonDocument.Parse((await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem(await said)).RootElement, await said);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    /// <summary>SIGKILL to the command as it is at one of its faults: what it started dies with it.</summary>
    private async Task RunAndKillAsync(params string[] line)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var process = Start(line);
        try
        {
            var said = new List<string>();
            while (await process.StandardError.ReadLineAsync(patience.Token) is { } sentence && !sentence.StartsWith($"· {KilledAtFault}/", StringComparison.Ordinal)) said.Add(sentence);
            process.HasExited.ShouldBeFalse(string.Join('\n', said));
        }
        finally
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync(patience.Token);
        }
    }

    private Process Start(string[] line)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(RelayFaults).Assembly.Location, "relay", "--data", _folder, .. line]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("NOVA_", StringComparison.Ordinal) && name is not ("NOVA_SOURCES" or "NOVA_CACHE")).ToArray()) start.Environment.Remove(name);
        return Process.Start(start)!;
    }
}
