using Microsoft.Extensions.Logging;
using Quartz;
using Quartz.Extensibility;

namespace Nova.Events.CacheProjector.Building;

/// <summary>Makes the job of the build that the job's key names.</summary>
internal sealed class BuildJobFactory(
    IEnumerable<IListBuild> builds, BuilderElection election, ProjectorState state, TimeProvider time, ILogger<BuildJob> logger) : IJobFactory
{
    private readonly Dictionary<string, IListBuild> _builds = builds.ToDictionary(build => build.Name, StringComparer.Ordinal);

    public ValueTask<JobScope> CreateJob(TriggerFiredBundle bundle, IScheduler scheduler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        return new(new JobScope(new BuildJob(_builds[bundle.JobDetail.Key.Name], election, state, time, logger), null));
    }

    public ValueTask ReturnJob(JobScope scope, CancellationToken cancellationToken = default) => default;
}
