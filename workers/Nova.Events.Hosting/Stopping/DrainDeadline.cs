namespace Nova.Events.Hosting.Stopping;

/// <summary>
/// The second stage of a stop. <c>stopping</c> says: take no more. <see cref="Token"/> is cancelled <c>timeout</c> after that and says:
/// what is not finished now is left to be redelivered.
/// </summary>
public sealed class DrainDeadline : IDisposable
{
    private readonly CancellationTokenSource _drain;
    private readonly CancellationTokenRegistration _stopping;
    private ITimer? _timer;

    /// <summary>A deadline that starts to run when <paramref name="stopping"/> is cancelled.</summary>
    public DrainDeadline(TimeSpan timeout, TimeProvider time, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(time);
        _drain = new CancellationTokenSource();
        _stopping = stopping.Register(() => _timer = time.CreateTimer(_ => _drain.Cancel(), null, timeout, Timeout.InfiniteTimeSpan));
    }

    /// <summary>Cancelled when the time to drain is over.</summary>
    public CancellationToken Token => _drain.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Dispose();
        _timer?.Dispose();
        _drain.Dispose();
    }
}
