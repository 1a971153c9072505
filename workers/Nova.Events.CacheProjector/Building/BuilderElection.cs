using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nova.Events.Redis;

namespace Nova.Events.CacheProjector.Building;

/// <summary>Whether this process is the one that builds lists.</summary>
internal sealed class BuilderElection(BuilderLease lease, IOptions<CacheProjectorOptions> options, ProjectorState state, ILogger<BuilderElection> logger)
{
    internal const string LeaseName = "cache-projector";
    private const string Part = "election";
    private LeaseGrant? _grant;
    private bool _elected;

    /// <summary>The lease while it is held; null for everybody but the elected.</summary>
    public LeaseGrant? Current => Volatile.Read(ref _grant) is { IsHeld: true } grant ? grant : null;

    /// <summary>Takes or renews the lease; true when this process has just become the builder.</summary>
    public async Task<bool> StandAsync(CancellationToken cancellationToken)
    {
        try
        {
            Volatile.Write(ref _grant, await lease.TakeAsync(LeaseName, options.Value.LeaseLength, cancellationToken));
            state.Works(Part);
        }
        catch (RedisUnavailableException exception)
        {
            state.Failed(Part, exception.Message);
            CacheProjectorLog.ElectionFailed(logger, (options.Value.LeaseLength / 3).TotalMilliseconds, exception.Message);
        }

        var before = _elected;
        _elected = Current is not null;
        if (_elected && !before) CacheProjectorLog.Elected(logger, Current?.Fence ?? 0);
        if (!_elected && before) CacheProjectorLog.Deposed(logger);
        return _elected && !before;
    }

    /// <summary>Lets another process build at once.</summary>
    public async Task ResignAsync()
    {
        if (Current is null) return;
        Volatile.Write(ref _grant, null);
        try
        {
            await lease.ReleaseAsync(LeaseName);
        }
        catch (RedisUnavailableException exception)
        {
            // The lease ends by itself.
            CacheProjectorLog.ElectionFailed(logger, options.Value.LeaseLength.TotalMilliseconds, exception.Message);
        }
    }
}
