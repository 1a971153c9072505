namespace Nova.Events.Cli.Up;

/// <summary>What <c>nova up</c> was asked for.</summary>
/// <param name="Duration">How long the workload runs; null until it is stopped, or the input ends.</param>
/// <param name="Input">Message file to replay; null for the synthetic workload.</param>
/// <param name="Rate">Actions a second; null paces the input so that it fits the duration, or 500 for the synthetic workload.</param>
/// <param name="Fresh">Starts over: the data of earlier runs is deleted.</param>
/// <param name="Port">Port of the API; 0 for a free one.</param>
/// <param name="DataDirectory">Folder of all data; null for <c>.nova</c> in the clone.</param>
internal sealed record UpOptions(TimeSpan? Duration, string? Input, double? Rate, bool Fresh, int Port, string? DataDirectory)
{
    private const double SyntheticRate = 500;

    /// <summary>A paced file ends a little before its time, so that a slow second does not cut it off.</summary>
    private const double Headroom = 0.9;

    /// <summary>Actions a second for an input of <paramref name="lines"/> lines, which yield about <paramref name="actionsPerLine"/> actions each.</summary>
    public double PaceFor(int lines, double actionsPerLine) =>
        Rate ?? (Duration is { } duration ? Math.Max(1, lines * actionsPerLine / (duration.TotalSeconds * Headroom)) : SyntheticRate);

    /// <summary>Actions a second of the synthetic workload.</summary>
    public double SyntheticPace => Rate ?? SyntheticRate;
}
