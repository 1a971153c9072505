namespace Nova.Events.Redis;

/// <summary>A page of a ranked list, all of one build.</summary>
/// <param name="Items">Items of the page, best first.</param>
/// <param name="Total">Length of the whole list.</param>
/// <param name="Age">Since it was built, by the clock of Redis.</param>
public sealed record RankedList(IReadOnlyList<RankedItem> Items, long Total, TimeSpan Age);

/// <summary>An item of a ranked list.</summary>
/// <param name="Id">What is ranked.</param>
/// <param name="Score">Higher is better.</param>
public readonly record struct RankedItem(long Id, double Score);
