using System.Text.Json;
using Nova.Events.IntegrationTests.Capture;
using Nova.Events.IntegrationTests.Relay;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Cli;

[Collection(ServersCollection.Name)]
public sealed class SnapshotCommandTests(RunningServers servers)
{
    [Fact]
    public async Task A_snapshot_is_asked_for_watched_paused_resumed_and_cancelled()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.CreateItemsAsync(3);
        (await RunAsync(rig, "start", "public.items", "--filter", "id > 1", "--rows-per-second", "1000")).ShouldBe((0, "snapshot 1 of public.items requested; the relay makes it ('nova snapshot status')\n", ""));
        (await RunAsync(rig, "status")).Output.ShouldBe("1 public.items where id > 1: requested, 0 rows\n");
        (await RunAsync(rig, "pause", "public.items")).Output.ShouldBe("1 snapshot of public.items: paused\n");
        (await RunAsync(rig, "resume", "1")).Output.ShouldBe("1 snapshot of 1: running\n");
        await using (var relay = await rig.StartAsync())
        {
            await rig.SnapshotAsync(1, request => request.State == "done");
            await RelayRig.StopAsync(relay);
        }

        (await RunAsync(rig, "status")).Output.ShouldBe("no snapshots\n");
        var status = JsonDocument.Parse((await RunAsync(rig, "status", "--all", "--json")).Output).RootElement[0];
        (status.GetProperty("table").GetString(), status.GetProperty("state").GetString(), status.GetProperty("rows").GetInt64()).ShouldBe(("public.items", "done", 2));
        await RunAsync(rig, "start", "public.items");
        (await RunAsync(rig, "cancel", "public.items")).Output.ShouldBe("1 snapshot of public.items: cancelled\n");
        var (code, _, error) = await RunAsync(rig, "pause", "public.items");
        (code, error).ShouldBe((1, "nova: There is no snapshot 'public.items' that is requested or running. 'nova snapshot status --all' lists them.\n"));
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(RelayRig rig, params string[] arguments) =>
        NovaCommand.RunAsync(["snapshot", .. arguments], ("NOVA_POSTGRES", rig.Database.ConnectionString), ("NOVA_KAFKA", rig.Kafka.BootstrapServers));
}
