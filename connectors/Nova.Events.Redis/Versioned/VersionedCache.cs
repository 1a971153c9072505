using System.Globalization;
using Nova.Events.Redis.Scripts;
using StackExchange.Redis;

namespace Nova.Events.Redis;

/// <summary>
/// Entries of a hash (<c>v</c> version, <c>d</c> value; a tombstone has no <c>d</c>). A write is refused where the stored version is at least as
/// new, so a slow loader cannot bring back what an invalidation has removed. A tombstone stands just below the value of its own version:
/// the row it announces may fill the cache, an older one may not.
/// </summary>
public sealed class VersionedCache(RedisConnection redis)
{
    private static readonly RedisValue[] Fields = ["v", "d"];

    /// <summary>Reads an entry; <paramref name="cache"/> names it on metrics.</summary>
    /// <exception cref="RedisUnavailableException">Redis does not answer.</exception>
    public async Task<VersionedEntry> ReadAsync(string cache, string key, CancellationToken cancellationToken = default)
    {
        try
        {
            var fields = await redis.RunAsync(database => database.HashGetAsync(key, Fields), cancellationToken);
            var entry = Entry(fields[0], fields[1]);
            RedisMetrics.Request(cache, entry.Kind == VersionedEntryKind.Value ? "hit" : "miss");
            return entry;
        }
        catch (RedisUnavailableException)
        {
            RedisMetrics.Request(cache, "error");
            throw;
        }
    }

    /// <summary>Writes a value; false when it was refused because an entry at least as new is stored.</summary>
    /// <param name="cache">Name on metrics.</param>
    /// <param name="key">Key.</param>
    /// <param name="version">Version of the value, 0 or more; read in the same snapshot as the value.</param>
    /// <param name="value">The value.</param>
    /// <param name="ttl">Time to live.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="RedisUnavailableException">Redis does not answer.</exception>
    public Task<bool> WriteAsync(
        string cache, string key, long version, ReadOnlyMemory<byte> value, TimeSpan ttl, CancellationToken cancellationToken = default) =>
        WriteAsync(cache, key, version, ttl, "value", value.ToArray(), cancellationToken);

    /// <summary>Writes a tombstone; false when it was refused because an entry at least as new is stored.</summary>
    /// <param name="cache">Name on metrics.</param>
    /// <param name="key">Key.</param>
    /// <param name="version">Version of the row after the change, 0 or more.</param>
    /// <param name="ttl">Time to live: longer than the longest load.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="RedisUnavailableException">Redis does not answer.</exception>
    public async Task<bool> InvalidateAsync(string cache, string key, long version, TimeSpan ttl, CancellationToken cancellationToken = default)
    {
        var written = await WriteAsync(cache, key, version, ttl, "tombstone", "", cancellationToken);
        if (written) RedisMetrics.Invalidated(cache);
        return written;
    }

    private async Task<bool> WriteAsync(
        string cache, string key, long version, TimeSpan ttl, string kind, RedisValue value, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(version);
        RedisValue[] arguments = [version.ToString(CultureInfo.InvariantCulture), (long)ttl.TotalMilliseconds, kind, value];
        var written = (int)await redis.EvaluateAsync(LuaScripts.WriteVersioned, [key], arguments, cancellationToken) == 1;
        if (!written) RedisMetrics.WriteRejected(cache);
        return written;
    }

    private static VersionedEntry Entry(RedisValue version, RedisValue value) => version.IsNull
        ? VersionedEntry.Absent
        : value.IsNull
            ? new VersionedEntry(VersionedEntryKind.Tombstone, (long)version, default)
            : new VersionedEntry(VersionedEntryKind.Value, (long)version, (byte[]?)value);
}
