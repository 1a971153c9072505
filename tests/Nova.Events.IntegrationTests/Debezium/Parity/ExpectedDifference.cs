namespace Nova.Events.IntegrationTests.Debezium.Parity;

/// <summary>A difference that is meant.</summary>
/// <param name="Reason">Why, in one sentence; docs/debezium.md says it to users.</param>
/// <param name="Covers">Which differences it explains.</param>
internal sealed record ExpectedDifference(string Reason, Predicate<Difference> Covers)
{
    /// <summary>What is wrong: each difference that no reason covers, and each reason that covers none.</summary>
    public static List<string> Judge(IReadOnlyCollection<Difference> differences, IReadOnlyCollection<ExpectedDifference> expected) =>
    [
        .. differences.Where(difference => !expected.Any(reason => reason.Covers(difference))).Select(difference => difference.ToString()),
        .. expected.Where(reason => !differences.Any(difference => reason.Covers(difference))).Select(reason => $"expected, but it did not occur: {reason.Reason}"),
    ];
}
