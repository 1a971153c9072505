namespace Nova.Events.Benchmarks.Freshness;

/// <summary>What <c>bench freshness</c> was asked for.</summary>
/// <param name="Loads">Rates in turn, each with the events of one transaction.</param>
/// <param name="Duration">How long each is measured.</param>
/// <param name="WarmUp">How long it runs before.</param>
/// <param name="Clients">Connections that write.</param>
internal sealed record FreshnessOptions(IReadOnlyList<Load> Loads, TimeSpan Duration, TimeSpan WarmUp, int Clients);

/// <summary>A load.</summary>
/// <param name="Rate">Events a second.</param>
/// <param name="Together">Events of one transaction.</param>
internal readonly record struct Load(int Rate, int Together);
