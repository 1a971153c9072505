namespace Nova.Events.Benchmarks.Consuming;

/// <summary>What <c>bench consume</c> was asked for.</summary>
/// <param name="Records">Records in the topic.</param>
/// <param name="Runs">Runs of each way.</param>
/// <param name="Lanes">Lanes of the handler consumer.</param>
/// <param name="Skip">Ways that are left out.</param>
/// <param name="Keep">True uses the topic of the last run with it.</param>
internal sealed record ConsumeOptions(int Records, int Runs, int Lanes, IReadOnlyList<string> Skip, bool Keep);
