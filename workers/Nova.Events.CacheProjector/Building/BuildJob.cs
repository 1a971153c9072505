using Microsoft.Extensions.Logging;
using Nova.Events.ClickHouse;
using Nova.Events.Redis;
using Quartz;

namespace Nova.Events.CacheProjector.Building;

/// <summary>Runs one build if this process is the elected builder; a failure is logged and left to the next firing, readers keep the last lists.</summary>
[DisallowConcurrentExecution]
internal sealed class BuildJob(IListBuild build, BuilderElection election, ProjectorState state, TimeProvider time, ILogger<BuildJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await RunAsync(cancellationToken);

    internal async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        if (election.Current is not { } lease)
        {
            state.Works(build.Name);
            CacheProjectorLog.JobLeft(logger, build.Name, "standby");
            return "standby";
        }

        var started = time.GetTimestamp();
        var outcome = await TryBuildAsync(lease, started, cancellationToken);
        CacheProjectorMetrics.JobDuration.Record(
            time.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("job", build.Name), new KeyValuePair<string, object?>("outcome", outcome));
        return outcome;
    }

    private async Task<string> TryBuildAsync(LeaseGrant lease, long started, CancellationToken cancellationToken)
    {
        try
        {
            var counts = await build.BuildAsync(lease, cancellationToken);
            state.Works(build.Name);
            var outcome = counts.IsComplete ? "built" : "superseded";
            CacheProjectorLog.JobEnded(
                logger, build.Name, outcome, counts.Tenants, counts.Lists, counts.Items, time.GetElapsedTime(started).TotalMilliseconds);
            return outcome;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return "stopped";
        }
        catch (Exception exception) when (exception is RedisUnavailableException or ClickHouseException or OperationCanceledException or IOException)
        {
            state.Failed(build.Name, exception.Message);
            CacheProjectorLog.JobFailed(logger, build.Name, "failed", time.GetElapsedTime(started).TotalMilliseconds, exception.Message);
            return "failed";
        }
    }
}
