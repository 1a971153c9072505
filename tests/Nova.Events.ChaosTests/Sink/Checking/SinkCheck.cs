using Nova.Events.Contracts;

namespace Nova.Events.ChaosTests.Sink.Checking;

/// <summary>Feeds the checker from the servers: as they are, and falsified.</summary>
internal sealed class SinkCheck(SinkFleet fleet)
{
    private readonly SinkLog _log = new(fleet.Servers.BootstrapServers);
    private readonly SinkTables _tables = new(fleet.ClickHouse);

    /// <summary>What is wrong.</summary>
    public async Task<SinkFindings> RunAsync(CancellationToken cancellationToken)
    {
        var checker = WithLog(cancellationToken);
        await foreach (var row in _tables.RowsAsync(cancellationToken)) checker.AddRow(row);
        foreach (var letter in _log.Letters(cancellationToken)) checker.AddLetter(letter);
        await foreach (var (postId, metric, sum) in _tables.SumsAsync(cancellationToken)) checker.AddSum(postId, metric, sum);
        return checker.Finish();
    }

    /// <summary>
    /// The same with one row withheld and the next one doubled, the first dead letter of a malformed record made one of the row that is withheld, and one off in a sum.
    /// A check that can't fail says nothing: true if it sees each of them beyond what <paramref name="found"/> has.
    /// </summary>
    public async Task<bool> CanFailAsync(SinkFindings found, CancellationToken cancellationToken)
    {
        var checker = WithLog(cancellationToken);
        var (rows, letters, sums, withheld) = (0, 0, 0, default(Place));
        await foreach (var row in _tables.RowsAsync(cancellationToken))
        {
            rows++;
            if (rows == 1) withheld = row.Place;
            else checker.AddRow(rows == 2 ? row with { Copies = row.Copies + 1 } : row);
        }

        foreach (var letter in _log.Letters(cancellationToken)) checker.AddLetter(!letter.IsRefusal && ++letters == 1 ? letter with { Place = withheld } : letter);
        await foreach (var (postId, metric, sum) in _tables.SumsAsync(cancellationToken)) checker.AddSum(postId, metric, ++sums == 1 ? sum + 1 : sum);
        var falsified = checker.Finish();
        return new[] { SinkViolation.Missing, SinkViolation.Doubled, SinkViolation.LetterStray, SinkViolation.LetterMissing, SinkViolation.SumWrong }
            .All(violation => falsified.Violations[violation] > found.Violations[violation]);
    }

    private SinkChecker WithLog(CancellationToken cancellationToken)
    {
        var checker = new SinkChecker(Topics.ClientEvents, SinkFleet.EventIdWindow);
        foreach (var record in _log.Records(cancellationToken)) checker.AddRecord(record);
        return checker;
    }
}
