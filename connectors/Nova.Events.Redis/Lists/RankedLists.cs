using System.Globalization;
using Nova.Events.Redis.Scripts;
using StackExchange.Redis;

namespace Nova.Events.Redis;

/// <summary>
/// Sorted sets that are built under a name of their own and swapped in one step: a reader sees the old list or the new one, whole.
/// The age is kept beside the list and outlives it.
/// </summary>
public sealed class RankedLists(RedisConnection redis)
{
    private const int AddChunk = 1_000;
    private static readonly TimeSpan BuildTtl = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan KnownTtl = TimeSpan.FromDays(1);

    /// <summary>Reads a page; null when there is no list.</summary>
    /// <param name="name">Name on metrics.</param>
    /// <param name="key">Key.</param>
    /// <param name="offset">Rank of the first item, from 0.</param>
    /// <param name="limit">Most items.</param>
    /// <param name="freshFor">An older list counts as stale.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="RedisUnavailableException">Redis does not answer.</exception>
    public async Task<RankedList?> ReadAsync(
        string name, string key, int offset, int limit, TimeSpan freshFor, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        try
        {
            RedisValue[] ranks = [offset, (long)offset + limit - 1];
            var answer = await redis.EvaluateAsync(LuaScripts.ReadList, [key, Known(key)], ranks, cancellationToken);
            var list = answer.IsNull ? null : Parse((string[])answer!);
            if (list is not null) RedisMetrics.ListSeen(name, list.Age);
            RedisMetrics.Request(name, list is null ? "miss" : list.Age > freshFor ? "stale" : "hit");
            return list;
        }
        catch (RedisUnavailableException)
        {
            RedisMetrics.Request(name, "error");
            throw;
        }
    }

    /// <summary>
    /// Builds a list aside and swaps it in; false when a builder with a higher fence has already done so. An empty list is a list, too.
    /// </summary>
    /// <param name="name">Name on metrics.</param>
    /// <param name="key">Key.</param>
    /// <param name="items">The whole list, in any order.</param>
    /// <param name="ttl">Time to live of the list.</param>
    /// <param name="fence">Fence of the builder's lease.</param>
    /// <param name="cancellationToken">Gives up; the served list stays.</param>
    /// <exception cref="RedisUnavailableException">Redis does not answer; the served list stays.</exception>
    public async Task<bool> SwapAsync(
        string name, string key, IReadOnlyCollection<RankedItem> items, TimeSpan ttl, long fence, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        RedisKey aside = RedisKeys.Beside(key, $"building:{Guid.CreateVersion7():n}");
        foreach (var chunk in items.Chunk(AddChunk))
        {
            SortedSetEntry[] entries = [.. chunk.Select(item => new SortedSetEntry(item.Id, item.Score))];
            await redis.RunAsync(database => database.SortedSetAddAsync(aside, entries, CommandFlags.None), cancellationToken);
            // A builder that dies here must leave nothing behind.
            await redis.RunAsync(database => database.KeyExpireAsync(aside, BuildTtl, CommandFlags.None), cancellationToken);
        }

        RedisValue[] arguments = [fence, (long)ttl.TotalMilliseconds, (long)KnownTtl.TotalMilliseconds];
        var swapped = (int)await redis.EvaluateAsync(LuaScripts.SwapList, [key, aside, Known(key)], arguments, cancellationToken) == 1;
        if (swapped) RedisMetrics.ListSeen(name, TimeSpan.Zero);
        else RedisMetrics.WriteRejected(name);
        return swapped;
    }

    internal static RedisKey Known(string key) => RedisKeys.Beside(key, "known");

    private static RankedList Parse(string[] answer)
    {
        var items = new RankedItem[(answer.Length - 2) / 2];
        for (var i = 0; i < items.Length; i++)
            items[i] = new RankedItem(long.Parse(answer[2 + (2 * i)], CultureInfo.InvariantCulture), double.Parse(answer[3 + (2 * i)], CultureInfo.InvariantCulture));
        var age = TimeSpan.FromMilliseconds(long.Parse(answer[0], CultureInfo.InvariantCulture));
        return new RankedList(items, long.Parse(answer[1], CultureInfo.InvariantCulture), age);
    }
}
