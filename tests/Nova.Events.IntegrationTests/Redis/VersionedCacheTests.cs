using System.Text;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Redis;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Redis;

[Collection(ConsumerServersCollection.Name)]
public sealed class VersionedCacheTests(RunningServers servers) : IDisposable
{
    private static readonly TimeSpan Ttl = TimeSpan.FromMinutes(10);
    private readonly RedisRig _rig = new(servers);

    private string Key => RedisKeys.UserPreferences(_rig.Tenant, 7);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_value_comes_back_with_its_version()
    {
        (await WriteAsync(3, "three")).ShouldBeTrue();
        var entry = await ReadAsync();
        (entry.Kind, entry.Version, Text(entry)).ShouldBe((VersionedEntryKind.Value, 3L, "three"));
        (await _rig.Cache.ReadAsync("test", Key + "0")).Kind.ShouldBe(VersionedEntryKind.Absent);
    }

    [Fact]
    public async Task A_slow_loader_with_an_older_version_is_refused_after_the_invalidation()
    {
        await WriteAsync(1, "old");
        // The loader has read version 1; the row becomes version 2, and its event is here before the loader writes.
        (await InvalidateAsync(2)).ShouldBeTrue();
        (await WriteAsync(1, "old")).ShouldBeFalse();
        (await ReadAsync()).Kind.ShouldBe(VersionedEntryKind.Tombstone);
        (await ReadAsync()).Version.ShouldBe(2);
    }

    [Fact]
    public async Task An_event_that_is_here_before_its_row_still_keeps_the_old_row_out()
    {
        // Nothing was cached yet when the event came; the loader does not see the row of version 2 for another moment.
        (await InvalidateAsync(2)).ShouldBeTrue();
        (await WriteAsync(1, "old")).ShouldBeFalse();
        (await WriteAsync(2, "new")).ShouldBeTrue();
        Text(await ReadAsync()).ShouldBe("new");
    }

    [Fact]
    public async Task A_late_invalidation_does_not_remove_the_value_that_it_announces_nor_a_newer_one()
    {
        await WriteAsync(5, "five");
        (await InvalidateAsync(5)).ShouldBeFalse();
        (await InvalidateAsync(4)).ShouldBeFalse();
        Text(await ReadAsync()).ShouldBe("five");
    }

    [Fact]
    public async Task The_same_version_is_written_once()
    {
        (await WriteAsync(1, "first")).ShouldBeTrue();
        (await WriteAsync(1, "second")).ShouldBeFalse();
        (await InvalidateAsync(9)).ShouldBeTrue();
        (await InvalidateAsync(9)).ShouldBeFalse();
    }

    [Theory]
    [InlineData(9, 10)]
    [InlineData(9_007_199_254_740_992, 9_007_199_254_740_993)]
    [InlineData(999_999_999_999_999_999, 1_000_000_000_000_000_000)]
    public async Task Versions_compare_as_numbers_however_large(long lower, long higher)
    {
        await WriteAsync(higher, "higher");
        (await WriteAsync(lower, "lower")).ShouldBeFalse();
        (await InvalidateAsync(higher + 1)).ShouldBeTrue();
        (await WriteAsync(higher, "higher")).ShouldBeFalse();
    }

    [Fact]
    public async Task What_refuses_an_invalidation_lives_as_long_as_its_tombstone_would()
    {
        await _rig.Cache.WriteAsync("test", Key, 2, "two"u8.ToArray(), TimeSpan.FromSeconds(20));
        (await _rig.Cache.InvalidateAsync("test", Key, 2, TimeSpan.FromMinutes(5))).ShouldBeFalse();
        (await _rig.RemainingMillisecondsAsync(Key)).ShouldBeGreaterThan(290_000);
        // And a refused value changes nothing.
        await _rig.Cache.WriteAsync("test", Key, 1, "one"u8.ToArray(), TimeSpan.FromHours(1));
        (await _rig.RemainingMillisecondsAsync(Key)).ShouldBeLessThan(301_000);
    }

    [Fact]
    public async Task Among_many_writers_at_once_the_highest_version_stays()
    {
        await Task.WhenAll(Enumerable.Range(1, 200).Select(version => version % 3 == 0 ? InvalidateAsync(version) : WriteAsync(version, $"v{version}")));
        var entry = await ReadAsync();
        (entry.Kind, entry.Version, Text(entry)).ShouldBe((VersionedEntryKind.Value, 200L, "v200"));
    }

    private Task<bool> WriteAsync(long version, string value) => _rig.Cache.WriteAsync("test", Key, version, Encoding.UTF8.GetBytes(value), Ttl);

    private Task<bool> InvalidateAsync(long version) => _rig.Cache.InvalidateAsync("test", Key, version, Ttl);

    private Task<VersionedEntry> ReadAsync() => _rig.Cache.ReadAsync("test", Key);

    private static string Text(VersionedEntry entry) => Encoding.UTF8.GetString(entry.Value.Span);
}
