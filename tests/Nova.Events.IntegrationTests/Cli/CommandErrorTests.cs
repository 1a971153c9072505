using System.Net;
using System.Net.Sockets;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Cli;

[Collection(ServersCollection.Name)]
public sealed class CommandErrorTests(RunningServers servers)
{
    private const string Nowhere = "Host=127.0.0.1;Port=1;Database=nova;Username=nova";

    [Fact]
    public async Task A_taken_port_is_said_with_the_remedy()
    {
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();
        var port = ((IPEndPoint)stranger.LocalEndpoint).Port;
        var (code, _, error) = await NovaCommand.RunAsync(["run", "relay", "--port", $"{port}"], ("NOVA_POSTGRES", servers.Postgres), ("NOVA_KAFKA", servers.Kafka));
        (code, error).ShouldBe((1, $"nova: Port {port} is taken. Name another with --port, or 0 for a free one.\n"));
    }

    [Fact]
    public async Task Missing_and_wrong_settings_of_all_sections_are_told_together()
    {
        var (code, _, error) = await NovaCommand.RunAsync(
            ["run", "relay", "--port", "0"], ("NOVA_RELAY__SLOT", "Not A Slot"), ("NOVA_RELAY__SLOTT", "typo"), ("NOVA_TOPICS__PARTITIONS", "0"));
        code.ShouldBe(2);
        error.ShouldStartWith("nova: the configuration is wrong:\n");
        error.Split("\n  ").Skip(1).Select(line => line.TrimEnd()).ShouldBe(
        [
            "Relay: no option is called 'SLOTT'.",
            "Relay:ConnectionString is required. Set it, or NOVA_POSTGRES.",
            "Relay:Slot takes 1 to 63 of a-z, 0-9 and _.",
            "Kafka:BootstrapServers is required. Set it, or NOVA_KAFKA.",
            "Topics:Partitions: The field Partitions must be between 1 and 10000.",
        ], ignoreOrder: true);
    }

    [Fact]
    public async Task A_command_without_its_settings_ends_with_code_2()
    {
        var (code, _, error) = await NovaCommand.RunAsync(["slot", "status"]);
        (code, error).ShouldBe((2, "nova: the configuration is wrong:\n  Relay:ConnectionString is required. Set it, or NOVA_POSTGRES.\n"));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_named_by_its_address_and_without_a_stack_trace()
    {
        var (code, _, error) = await NovaCommand.RunAsync(["slot", "status"], ("NOVA_POSTGRES", Nowhere));
        code.ShouldBe(1);
        error.ShouldStartWith("nova: PostgreSQL at 127.0.0.1:1/nova can't be reached: ");
        error.ShouldEndWith("Start it, or set Relay:ConnectionString (NOVA_POSTGRES).\n");
    }

    [Fact]
    public async Task The_slot_is_made_shown_and_dropped_only_with_yes()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        (string, string)[] environment = [("NOVA_POSTGRES", database.ConnectionString), ("NOVA_RELAY__SLOT", database.Slot)];
        var missing = await NovaCommand.RunAsync(["slot", "status"], environment);
        (missing.ExitCode, missing.Error).ShouldBe((1, $"nova: Replication slot '{database.Slot}' does not exist. 'nova slot create' makes it where nothing was published yet; 'nova slot recreate --yes' also publishes what the outbox still holds.\n"));
        (await NovaCommand.RunAsync(["slot", "create"], environment)).ShouldBe((0, $"slot {database.Slot} created\n", ""));
        (await NovaCommand.RunAsync(["slot", "status"], environment)).Output.ShouldStartWith($"slot {database.Slot}: inactive, read by nobody, ");
        (await NovaCommand.RunAsync(["slot", "drop"], environment)).Error.ShouldBe($"nova: Dropping slot '{database.Slot}' forgets the WAL that was not published. Repeat with --yes.\n");
        (await NovaCommand.RunAsync(["slot", "drop", "--yes"], environment)).ShouldBe((0, $"slot {database.Slot} dropped\n", ""));
    }
}
