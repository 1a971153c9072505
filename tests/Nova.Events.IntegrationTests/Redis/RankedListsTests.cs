using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Redis;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Redis;

[Collection(ConsumerServersCollection.Name)]
public sealed class RankedListsTests(RunningServers servers) : IDisposable
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(90);
    private readonly RedisRig _rig = new(servers);

    private string Key => RedisKeys.HotPosts(_rig.Tenant);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_page_is_read_best_first_with_the_age_of_its_list()
    {
        (await ReadAsync()).ShouldBeNull();
        await SwapAsync([new(1, 0.5), new(2, 10), new(3, 7.25)], fence: 1);
        var page = (await _rig.Lists.ReadAsync("test", Key, 1, 5, Fresh))!;
        page.Items.ShouldBe([new(3, 7.25), new(1, 0.5)]);
        page.Total.ShouldBe(3);
        page.Age.ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromSeconds(10));
        (await _rig.RemainingMillisecondsAsync(Key)).ShouldBeInRange(1, 120_000);
    }

    [Fact]
    public async Task Readers_see_one_build_whole_while_others_are_swapped_in()
    {
        await SwapAsync(Build(1), fence: 1);
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 4).Select(_ => ReadUntilAsync(done.Token)).ToArray();
        for (var build = 2; build <= 60; build++) await SwapAsync(Build(build), fence: 1);
        await done.CancelAsync();
        (await Task.WhenAll(readers)).Sum().ShouldBeGreaterThan(0);
        (await ReadAsync())!.Items[0].Id.ShouldBe(60_000);
    }

    [Fact]
    public async Task A_list_from_a_deposed_builder_is_refused_and_leaves_nothing_behind()
    {
        (await SwapAsync([new(2, 1)], fence: 8)).ShouldBeTrue();
        (await SwapAsync([new(1, 1)], fence: 7)).ShouldBeFalse();
        (await ReadAsync())!.Items.ShouldBe([new(2, 1)]);
        (await SwapAsync([new(3, 1)], fence: 8)).ShouldBeTrue();
    }

    [Fact]
    public async Task An_empty_list_is_a_list()
    {
        await SwapAsync([new(1, 1)], fence: 1);
        await SwapAsync([], fence: 1);
        (await ReadAsync())!.Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task When_the_builder_is_dead_readers_keep_the_list_and_see_its_age_until_it_expires()
    {
        await SwapAsync([new(1, 1)], fence: 1);
        await AgeAsync(TimeSpan.FromSeconds(100));
        var list = (await ReadAsync())!;
        list.Items.ShouldHaveSingleItem();
        list.Age.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(100));
        await _rig.Connection.RunAsync(database => database.KeyDeleteAsync(Key), CancellationToken.None);
        (await ReadAsync()).ShouldBeNull();
    }

    private static List<RankedItem> Build(int build) => [.. Enumerable.Range(0, 200).Select(i => new RankedItem((build * 1_000) + i, 1_000 - i))];

    private Task<bool> SwapAsync(List<RankedItem> items, long fence) => _rig.Lists.SwapAsync("test", Key, items, Ttl, fence);

    private Task<RankedList?> ReadAsync() => _rig.Lists.ReadAsync("test", Key, 0, 200, Fresh);

    private async Task<int> ReadUntilAsync(CancellationToken done)
    {
        var reads = 0;
        while (!done.IsCancellationRequested)
        {
            var list = (await ReadAsync()).ShouldNotBeNull();
            list.Items.Count.ShouldBe(200);
            list.Items.Select(item => item.Id / 1_000).Distinct().ShouldHaveSingleItem();
            reads++;
        }

        return reads;
    }

    private Task<bool> AgeAsync(TimeSpan by) => _rig.Connection.RunAsync(
        async database =>
        {
            await database.HashDecrementAsync(RankedLists.Known(Key), "at", (long)by.TotalMilliseconds);
            return true;
        },
        CancellationToken.None);
}
