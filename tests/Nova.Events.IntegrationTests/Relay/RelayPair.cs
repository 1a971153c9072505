using Nova.Events.IntegrationTests.EndToEnd;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;

namespace Nova.Events.IntegrationTests.Relay;

/// <summary>A relay that reads the slot and one that waits for it, each with a log file of its own.</summary>
internal sealed class RelayPair : IAsyncDisposable
{
    private readonly RelayRig _rig;
    private readonly int _primaryReader;

    private RelayPair(RelayRig rig, NovaProcess primary, NovaProcess standby, int primaryReader) =>
        (_rig, Primary, Standby, _primaryReader) = (rig, primary, standby, primaryReader);

    public NovaProcess Primary { get; }

    public NovaProcess Standby { get; }

    public static async Task<RelayPair> StartAsync(RelayRig rig, params (string Key, string Value)[] further)
    {
        var primary = Run(rig, "primary", further);
        try
        {
            var reader = await Eventually.ValueAsync(() => ReaderAsync(rig), pid => pid is not null);
            var standby = Run(rig, "standby", further);
            var pair = new RelayPair(rig, primary, standby, reader.ShouldNotBeNull());
            try
            {
                await pair.StandsByAsync("standby");
                return pair;
            }
            catch
            {
                await standby.DisposeAsync();
                throw;
            }
        }
        catch
        {
            await primary.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until another server process than the primary's sends the WAL.</summary>
    public async Task StandbyReadsAsync()
    {
        var reader = await Eventually.ValueAsync(() => ReaderAsync(_rig), pid => pid is not null && pid != _primaryReader);
        reader.ShouldNotBeNull().ShouldNotBe(_primaryReader);
    }

    /// <summary>Waits until the one that was the primary says that it stands by.</summary>
    public Task PrimaryStandsByAsync() => StandsByAsync("primary");

    public async ValueTask DisposeAsync()
    {
        await Primary.DisposeAsync();
        await Standby.DisposeAsync();
    }

    private async Task StandsByAsync(string name) =>
        (await Eventually.LocalAsync(() => File.Exists(LogOf(_rig, name)) ? File.ReadAllText(LogOf(_rig, name)) : "", log => log.Contains("stands by", StringComparison.Ordinal))).ShouldContain("stands by");

    private static async Task<int?> ReaderAsync(RelayRig rig) => (await rig.Database.Slots.FindAsync(rig.Database.Slot))!.ActivePid;

    private static string LogOf(RelayRig rig, string name) => $"{rig.LogFile}.{name}";

    private static NovaProcess Run(RelayRig rig, string name, (string Key, string Value)[] further) => NovaProcess.Run(
        "relay", [.. rig.Settings.Where(setting => setting.Key != "Log:File"), new("Log:File", LogOf(rig, name)), .. further.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))]);
}
