using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Nova.Events.Kafka.Consuming;

namespace Nova.Events.CacheProjector;

/// <summary>What does not get on at present, by part of the role; empty when all is well.</summary>
internal sealed class ProjectorState
{
    private readonly ConcurrentDictionary<string, string> _failures = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Failures => _failures;

    public void Failed(string part, string reason) => _failures[part] = reason;

    public void Works(string part) => _failures.TryRemove(part, out _);
}

/// <summary>Ready means that changes are read and lists get built, here or elsewhere. Degraded: readers live on what is cached. The consumer has a check of its own.</summary>
internal sealed class CacheProjectorHealthCheck(ProjectorState state, IOptions<CacheProjectorOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check(state.Failures));

    private HealthCheckResult Check(IReadOnlyDictionary<string, string> failures)
    {
        foreach (var (part, failure) in failures) return HealthCheckResult.Degraded($"{part}: {failure}");
        var partitions = ConsumerMetrics.Readings(options.Value.Group).Count();
        return partitions == 0 ? HealthCheckResult.Degraded("no partition is assigned") : HealthCheckResult.Healthy($"{partitions} partitions are read");
    }
}
