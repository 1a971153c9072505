namespace Nova.Events.ChaosTests.Running;

/// <summary>What a run is asked for.</summary>
/// <param name="Faults">How many faults: of each kind, or what a command makes of it.</param>
/// <param name="Only">Kinds to which the faults are confined; empty for all.</param>
/// <param name="Seed">Decides order, gaps, durations and forms of the faults, and what is written.</param>
/// <param name="Rate">What is written a second: transactions or records, of all writers.</param>
/// <param name="Folder">Data, logs, and how far the run is.</param>
/// <param name="Resume">True goes on with the run that the folder holds; seed, faults and rate are that run's.</param>
/// <param name="Keep">True leaves the folder also after a good end.</param>
/// <param name="Json">True prints one line of JSON.</param>
internal sealed record ChaosOptions(int Faults, IReadOnlyList<string> Only, int Seed, int Rate, string Folder, bool Resume, bool Keep, bool Json);
