using System.Xml.Linq;
using Nova.Events.LocalStack;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Arrows;

/// <summary>The arrows of architecture.md: what each project may reference. An arrow that is added must be added here, and argued for.</summary>
public sealed class ProjectArrowTests
{
    private const string Contracts = "Contracts";
    private static readonly string[] Boxes = ["Outbox", "Postgres", "Kafka", "Redis", "ClickHouse"];

    /// <summary>Workers that are no role: one is below every role, one is above them, one starts servers and knows nothing of events.</summary>
    private static readonly string[] Shared = ["Hosting", "Cli", "LocalStack"];

    private static readonly Dictionary<string, string[]> Arrows = Projects().ToDictionary(project => project.Name, project => project.References);

    [Fact]
    public void There_are_projects_to_look_at() => Arrows.Count.ShouldBeGreaterThanOrEqualTo(13);

    [Fact]
    public void Contracts_knows_nobody()
    {
        Arrows[Contracts].ShouldBeEmpty();
        Packages(Contracts).ShouldBeEmpty();
    }

    [Fact]
    public void The_outbox_each_connector_and_ClickHouse_know_the_contracts_and_not_each_other()
    {
        foreach (var box in Boxes) Arrows[box].ShouldBe([Contracts], box);
    }

    [Fact]
    public void The_MassTransit_adapter_knows_the_outbox_and_the_contracts_and_only_it_knows_MassTransit()
    {
        Arrows["Outbox.MassTransit"].ShouldBe([Contracts, "Outbox"]);
        Arrows.Keys.Where(name => Packages(name).Any(package => package.StartsWith("MassTransit", StringComparison.Ordinal))).ShouldBe(["Outbox.MassTransit"]);
    }

    [Fact]
    public void The_inbox_puts_the_consumer_and_the_outbox_s_schema_together_and_no_box_knows_it()
    {
        Arrows["Inbox"].ShouldBe([Contracts, "Kafka", "Outbox"]);
        Arrows.Where(project => project.Value.Contains("Inbox")).ShouldBeEmpty();
    }

    [Fact]
    public void Hosting_knows_the_contracts_only() => Arrows["Hosting"].Except([Contracts]).ShouldBeEmpty();

    [Fact]
    public void LocalStack_knows_no_other_project() => Arrows["LocalStack"].ShouldBeEmpty();

    [Fact]
    public void A_role_composes_boxes_on_Hosting_and_knows_no_other_worker()
    {
        foreach (var role in Workers().Except(Shared))
        {
            Arrows[role].ShouldContain("Hosting", role);
            Arrows[role].Except([Contracts, "Hosting", .. Boxes]).ShouldBeEmpty(role);
        }
    }

    [Fact]
    public void Nobody_knows_the_command_line() => Arrows.Where(project => project.Value.Contains("Cli")).ShouldBeEmpty();

    [Fact]
    public void The_command_line_reaches_boxes_through_the_roles() => Arrows["Cli"].Except([.. Workers()]).ShouldBeEmpty();

    [Fact]
    public void Every_project_lies_in_the_folder_of_its_responsibility()
    {
        Folder("contracts").ShouldBe([Contracts]);
        Folder("outbox").ShouldBe(["Inbox", "Outbox", "Outbox.MassTransit"]);
        Folder("connectors").ShouldBe(["Kafka", "Postgres", "Redis"]);
        Folder("clickhouse").ShouldBe(["ClickHouse"]);
        string[] all = ["contracts", "outbox", "connectors", "clickhouse", "workers"];
        all.Sum(folder => Folder(folder).Length).ShouldBe(Arrows.Count);
    }

    private static string[] Workers() => Folder("workers");

    private static string[] Folder(string folder) => [.. Projects().Where(project => project.Folder == folder).Select(project => project.Name).Order(StringComparer.Ordinal)];

    private static string[] Packages(string name) => [.. Items(Projects().Single(project => project.Name == name).File, "PackageReference")];

    private static IEnumerable<(string Name, string Folder, string File, string[] References)> Projects() =>
        from folder in Directory.GetDirectories(Clone.Root!)
        where Path.GetFileName(folder) is not "tests" and not "artifacts" and [not '.', ..]
        from directory in Directory.GetDirectories(folder, "Nova.Events.*")
        from file in Directory.GetFiles(directory, "*.csproj")
        select (ShortName(file), Path.GetFileName(folder), file, Items(file, "ProjectReference").Select(ShortName).Order(StringComparer.Ordinal).ToArray());

    private static IEnumerable<string> Items(string file, string kind) =>
        XDocument.Load(file).Descendants(kind).Select(item => item.Attribute("Include")!.Value);

    private static string ShortName(string file) => Path.GetFileNameWithoutExtension(file.Replace('\\', '/'))["Nova.Events.".Length..];
}
