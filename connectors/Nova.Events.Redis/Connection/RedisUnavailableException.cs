namespace Nova.Events.Redis;

/// <summary>Redis did not do what it was asked; the message says what to do about it.</summary>
public sealed class RedisUnavailableException : Exception
{
    internal RedisUnavailableException(string message, bool isTransient, Exception? inner) : base(message, inner) => IsTransient = isTransient;

    /// <summary>True where the same call may succeed later without a change of the configuration.</summary>
    public bool IsTransient { get; }

    internal static RedisUnavailableException Unreachable(string endpoints, string what, Exception? inner) => new(
        $"Redis at {endpoints} does not answer ({what}). Check that it runs and that Redis:Configuration " +
        "(environment NOVA_REDIS__CONFIGURATION) names its host and port.", isTransient: true, inner);

    internal static RedisUnavailableException Refused(string endpoints, Exception? inner) => new(
        $"Redis at {endpoints} refused the login. Put the right password into Redis:Configuration " +
        "(environment NOVA_REDIS__CONFIGURATION), e.g. 'host:6379,password=…'.", isTransient: false, inner);

    internal static RedisUnavailableException Failed(string endpoints, Exception inner) => new(
        $"Redis at {endpoints} answered with an error: {inner.Message}", isTransient: IsPassing(inner.Message), inner);

    private static bool IsPassing(string message) => message.Split(' ')[0] is
        "LOADING" or "BUSY" or "TRYAGAIN" or "CLUSTERDOWN" or "MASTERDOWN" or "READONLY" or "OOM" or "MISCONF" or "NOREPLICAS";
}
