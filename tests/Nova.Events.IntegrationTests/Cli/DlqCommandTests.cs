using System.Diagnostics;
using System.Text.Json;
using Nova.Events.Cli.Running;
using Nova.Events.Contracts;
using Nova.Events.IntegrationTests.Kafka;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Cli;

[Collection(ServersCollection.Name)]
public sealed class DlqCommandTests(RunningServers servers)
{
    [Fact]
    public async Task Dead_letters_are_listed_shown_and_redriven_only_with_yes()
    {
        using var rig = await RedriveRig.CreateAsync(servers.Kafka);
        for (var number = 0; number < 3; number++) await rig.WriteAsync(number);
        await rig.WriteAsync([0, 1], "\u001b[2J"u8.ToArray(), rig.About(3, reason: "A \u001b[31mred reason [/]."));
        (await RunAsync(rig, "list")).Output.ShouldSatisfyAllConditions(
            list => list.ShouldContain("It is not JSON."), list => list.ShouldContain("A \\u001b[31mred reason [/]."), list => list.ShouldNotContain('\u001b'));
        var counts = Json((await RunAsync(rig, "list", "--json", "--reason", "json")).Output);
        (counts.GetProperty("letters").GetInt32(), counts.GetProperty("kinds")[0].GetProperty("redriven").GetInt32()).ShouldBe((3, 0));
        (await RunAsync(rig, "show", "--id", $"{rig.Id(3)}")).Output.ShouldSatisfyAllConditions(
            shown => shown.ShouldContain("not redriven"), shown => shown.ShouldContain("key\n  0x0001\n"), shown => shown.ShouldContain("value\n  0x1b5b324a\n"));

        var counted = await RunAsync(rig, "redrive", "--reason", "JSON");
        (counted.Code, counted.Error).ShouldBe((1, $"nova: 3 dead letters of group '{rig.Group}' would go to '{rig.Group}.retry'. Repeat with --yes.\n"));
        (await rig.LogAsync(Topics.Retry(rig.Group))).ShouldBeEmpty();
        var redriven = await RunAsync(rig, "redrive", "--reason", "JSON", "--max", "2", "--yes");
        (redriven.Code, redriven.Error).ShouldBe((0, ""));
        redriven.Output.ShouldStartWith($"2 of 2 dead letters of group '{rig.Group}' written to '{rig.Group}.retry' (run ");
        (await RunAsync(rig, "show", "--id", $"{rig.Id(0)}")).Output.ShouldContain("once; it has not failed again");
        (await RunAsync(rig, "redrive", "--yes", "--rate", "50")).Output.ShouldStartWith(
            $"2 of 2 dead letters of group '{rig.Group}' written to '{rig.Group}.retry'; 2 more were redriven already and have not failed since (--again takes them, too) (run ");
        var again = Json((await RunAsync(rig, "redrive", "--yes", "--again", "--json", "--id", $"{rig.Id(1)}")).Output);
        (again.GetProperty("redriven").GetInt32(), again.GetProperty("stopped").GetBoolean()).ShouldBe((1, false));
        (await RunAsync(rig, "list", "--json")).Output.ShouldContain("\"redriven\":3");
    }

    [Fact]
    public async Task What_is_not_there_is_told_with_the_remedy()
    {
        using var rig = await RedriveRig.CreateAsync(servers.Kafka);
        (await RunAsync(rig, "list")).ShouldBe((0, $"group '{rig.Group}' has no dead letters\n", ""));
        (await RunAsync(rig, "redrive", "--yes", "--id", $"{rig.Id(1)}")).Error.ShouldStartWith($"nova: Topic '{rig.Group}.dlq' holds no dead letter {rig.Id(1)}. Look for it with 'nova dlq list --group ");
        (await RunAsync(rig, "list", "--since", "soon")).Code.ShouldBe(2);
        (await NovaCommand.RunAsync(["dlq", "list", "--group", "nobody"], ("NOVA_KAFKA", servers.Kafka))).ShouldSatisfyAllConditions(
            none => none.ExitCode.ShouldBe(1), none => none.Error.ShouldStartWith("nova: Group 'nobody' has no dead letters: there is no topic 'nobody.dlq'. Give --group one that has: "));
    }

    [Fact]
    public async Task Killed_half_way_and_run_again_every_letter_is_there_and_those_marked_are_there_once()
    {
        using var rig = await RedriveRig.CreateAsync(servers.Kafka);
        await rig.WriteManyAsync(2_000);
        var start = new ProcessStartInfo("dotnet", [typeof(Role).Assembly.Location, "dlq", "redrive", "--group", rig.Group, "--rate", "400", "--yes"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NOVA_KAFKA"] = servers.Kafka;
        using (var process = Process.Start(start)!)
        {
            await Eventually.ValueAsync(async () => (await rig.LogAsync(Topics.DeadLetterState(rig.Group))).Count, count => count >= 200);
            process.Kill();
            await process.WaitForExitAsync();
        }

        var marked = await rig.StatesAsync();
        marked.Count.ShouldBeInRange(200, 1_999);
        (await RunAsync(rig, "redrive", "--rate", "100000", "--yes")).Output.ShouldStartWith($"{2_000 - marked.Count:N0} of {2_000 - marked.Count:N0} dead letters");
        var retried = (await rig.RetriedAsync()).CountBy(id => id).ToDictionary();
        retried.Count.ShouldBe(2_000);
        marked.Keys.ShouldAllBe(id => retried[id] == 1);
        (await rig.StatesAsync()).Count.ShouldBe(2_000);
    }

    private static JsonElement Json(string output) => JsonDocument.Parse(output).RootElement;

    private static Task<(int Code, string Output, string Error)> RunAsync(RedriveRig rig, string verb, params string[] arguments) =>
        NovaCommand.RunAsync(["dlq", verb, "--group", rig.Group, .. arguments], ("NOVA_KAFKA", rig.Kafka.BootstrapServers));
}
