using System.Globalization;
using Nova.Events.Redis.Scripts;
using StackExchange.Redis;

namespace Nova.Events.Redis;

/// <summary>
/// Elects one among several processes for a while. The lease alone does not exclude a frozen holder that wakes up late: its writes carry the
/// fence, and whoever stores them refuses a lower fence than the highest seen.
/// </summary>
public sealed class BuilderLease(RedisConnection redis, TimeProvider time)
{
    private readonly string _holder = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.CreateVersion7():n}";

    /// <summary>Takes the lease <paramref name="name"/> or renews it; null while somebody else holds it.</summary>
    /// <exception cref="RedisUnavailableException">Redis does not answer; nobody is elected by this call.</exception>
    public async Task<LeaseGrant?> TakeAsync(string name, TimeSpan length, CancellationToken cancellationToken = default)
    {
        // Measured from before the call: the holder must stop believing in its lease before Redis does.
        var asked = time.GetTimestamp();
        RedisValue[] arguments = [_holder, (long)length.TotalMilliseconds];
        var answer = await redis.EvaluateAsync(LuaScripts.TakeLease, [Key(name), RedisKeys.Beside(Key(name), "fence")], arguments, cancellationToken);
        return answer.IsNull ? null : new LeaseGrant(long.Parse((string)answer!, CultureInfo.InvariantCulture), asked, length, time);
    }

    /// <summary>Gives the lease back, so that another need not wait for its end; false when it was no longer held.</summary>
    /// <exception cref="RedisUnavailableException">Redis does not answer; the lease ends by itself.</exception>
    public async Task<bool> ReleaseAsync(string name, CancellationToken cancellationToken = default) =>
        (int)await redis.EvaluateAsync(LuaScripts.ReleaseLease, [Key(name)], [_holder], cancellationToken) == 1;

    private static string Key(string name) => "nova:lease:" + name;
}

/// <summary>A lease that was granted.</summary>
public sealed class LeaseGrant
{
    private readonly long _asked;
    private readonly TimeSpan _length;
    private readonly TimeProvider _time;

    internal LeaseGrant(long fence, long asked, TimeSpan length, TimeProvider time) => (Fence, _asked, _length, _time) = (fence, asked, length, time);

    /// <summary>Higher than that of every earlier holder.</summary>
    public long Fence { get; }

    /// <summary>True until the lease runs out, by this process' monotonic clock.</summary>
    public bool IsHeld => _time.GetElapsedTime(_asked) < _length;
}
