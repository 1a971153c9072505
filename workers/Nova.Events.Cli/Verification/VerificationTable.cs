using System.Text.Json;
using Nova.Events.ClickHouse.Verification;
using Spectre.Console;

namespace Nova.Events.Cli.Verification;

/// <summary>Shows a report to people and to scripts.</summary>
internal static class VerificationTable
{
    /// <summary>A row a hop, then examples of what is wrong.</summary>
    public static void Print(VerificationReport report)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("hop");
        foreach (var column in new[] { "expected", "present", "repeats in the log", "on the way", "missing", "doubled", "out of order" })
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var hop in report.Hops)
            table.AddRow(
                hop.Hop.EscapeMarkup(), $"{hop.Expected:N0}", $"{hop.Present:N0}", $"{hop.Repeats:N0}", $"{hop.OnTheWay:N0}", Fault(hop.Missing), Fault(hop.Doubled), Fault(hop.OutOfOrder));
        AnsiConsole.Write(table);
        foreach (var example in report.Hops.SelectMany(hop => hop.Examples.Select(example => $"{hop.Hop}: {example}"))) AnsiConsole.WriteLine("  " + example);
    }

    /// <summary>One line of JSON.</summary>
    public static void PrintJson(VerificationReport report)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteBoolean("ok", report.Ok);
            json.WriteStartArray("hops");
            foreach (var hop in report.Hops) Write(json, hop);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        Console.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
    }

    private static void Write(Utf8JsonWriter json, HopReport hop)
    {
        json.WriteStartObject();
        json.WriteString("hop", hop.Hop);
        json.WriteNumber("expected", hop.Expected);
        json.WriteNumber("present", hop.Present);
        json.WriteNumber("repeats", hop.Repeats);
        json.WriteNumber("on_the_way", hop.OnTheWay);
        json.WriteNumber("missing", hop.Missing);
        json.WriteNumber("doubled", hop.Doubled);
        json.WriteNumber("out_of_order", hop.OutOfOrder);
        json.WriteStartArray("examples");
        foreach (var example in hop.Examples) json.WriteStringValue(example);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Fault(long count) => count == 0 ? "0" : $"[red]{count:N0}[/]";
}
