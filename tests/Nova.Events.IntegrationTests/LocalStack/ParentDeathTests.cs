using System.Diagnostics;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.LocalStack;
using Nova.Events.LocalStack.Processes;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.LocalStack;

[Collection(ServersCollection.Name)]
public sealed class ParentDeathTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _folder = TestFolder.New();

    public void Dispose() => TestFolder.Delete(_folder);

    [Theory]
    [InlineData("Kill")]
    [InlineData("Terminate")]
    public async Task However_the_process_that_started_them_ends_no_server_is_left(string signal)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var parent = Process.Start(new ProcessStartInfo("dotnet", [typeof(LocalServers).Assembly.Location, HoldCommand.Name, _folder]) { RedirectStandardOutput = true })!;
        while (await parent.StandardOutput.ReadLineAsync(patience.Token) is { } line && line != HoldCommand.Ready) line.ShouldNotBeNull();

        var servers = ProcessTable.Tree(parent.Id).Skip(1).Select(id => (Id: id, Since: ProcessTable.StartTime(id))).ToArray();
        servers.Length.ShouldBeGreaterThanOrEqualTo(4);
        Signals.Send(parent.Id, Enum.Parse<Signal>(signal));
        await parent.WaitForExitAsync(patience.Token);
        foreach (var (id, since) in servers)
            while (ProcessTable.StartTime(id) == since) await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
    }
}
