using Spectre.Console;

namespace Nova.Events.Benchmarks.Measuring;

/// <summary>What a bench shows: a row for each that ran, how that was measured, and what was left out.</summary>
internal sealed class ResultTable
{
    private readonly Table _table = new Table().Border(TableBorder.Rounded);

    /// <param name="names">Columns that say what a row is of.</param>
    /// <param name="figures">The columns after them.</param>
    public ResultTable(IEnumerable<string> names, IEnumerable<string> figures)
    {
        foreach (var name in names) _table.AddColumn(name);
        foreach (var figure in figures) _table.AddColumn(new TableColumn(figure).RightAligned());
    }

    public void Add(params IEnumerable<string> cells) => _table.AddRow([.. cells.Select(Markup.Escape)]);

    /// <param name="method">How it was measured, in a sentence or two.</param>
    /// <param name="skipped">Those that did not run, with the reason.</param>
    public void Print(string method, params IEnumerable<(string Name, string? Reason)> skipped)
    {
        AnsiConsole.Write(_table);
        AnsiConsole.WriteLine(method);
        foreach (var (name, reason) in skipped)
            if (reason is not null) AnsiConsole.WriteLine($"{name} skipped: {reason}");
    }
}
