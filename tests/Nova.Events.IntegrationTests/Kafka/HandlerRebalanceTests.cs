using System.Collections.Concurrent;
using Confluent.Kafka;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Consuming.Handling;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Kafka;

[Collection(ConsumerServersCollection.Name)]
public sealed class HandlerRebalanceTests(RunningServers servers)
{
    public static TheoryData<GroupProtocol> Protocols => [GroupProtocol.Classic, GroupProtocol.Consumer];

    [Theory, MemberData(nameof(Protocols))]
    public async Task Members_that_come_and_go_gracefully_under_load_handle_each_record_once(GroupProtocol protocol)
    {
        using var rig = await HandlerRig.StartAsync(servers, partitions: 6);
        var written = 0;
        async Task WriteAsync(int count)
        {
            await rig.WriteAsync(count, i => $"k{i % 50}");
            written += count;
        }

        HandlerRig.Member Join(int number, HashSet<int> handlers) => rig.RunAsync(
            async (_, _, _) =>
            {
                lock (handlers) handlers.Add(number);
                await Task.Yield();
                return Outcome.Handled;
            },
            options => options.Protocol = protocol);

        await WriteAsync(500);
        var seen = new HashSet<int>();
        var first = Join(1, seen);
        await rig.HandledAsync(500, first);
        var second = Join(2, seen);
        bool HasSecond()
        {
            lock (seen) return seen.Contains(2);
        }

        while (!HasSecond())
        {
            written.ShouldBeLessThan(1_000_000);
            await WriteAsync(100);
            await rig.HandledAsync(written - 200, first, second);
        }

        await WriteAsync(300);
        await first.EndAsync();
        await WriteAsync(300);
        await rig.HandledAsync(written, second);
        await second.EndAsync();
        rig.Handled.Select(record => record.Number).Order().ShouldBe(Enumerable.Range(0, written));
        foreach (var key in rig.Handled.GroupBy(record => record.Key)) key.Select(record => record.Number).ShouldBeInOrder();
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task A_handler_that_stalls_for_longer_than_the_poll_interval_costs_no_membership(GroupProtocol protocol)
    {
        using var rig = await HandlerRig.StartAsync(servers, partitions: 2);
        // More than fits into the partition's memory, so that reading pauses too.
        await rig.WriteAsync(5_000, i => $"k{i}");
        var stall = new TaskCompletionSource();
        var member = rig.RunAsync(
            async (_, _, _) =>
            {
                await stall.Task;
                return Outcome.Handled;
            },
            options => (options.Protocol, options.SessionTimeout, options.MaxPollInterval, options.MaxPartitionBytes) =
                (protocol, TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(6), 1 << 17));
        // A poll thread that waited for the handler would leave the group meanwhile.
        (await Eventually.LocalAsync(() => member.Running.IsCompleted || rig.LostOrRevoked > 0, ended => ended, TimeSpan.FromSeconds(20))).ShouldBeFalse();
        stall.SetResult();
        await rig.HandledAsync(5_000, member);
        rig.LostOrRevoked.ShouldBe(0);
        await member.EndAsync();
        rig.Handled.Select(record => record.Number).Order().ShouldBe(Enumerable.Range(0, 5_000));
    }

    /// <summary>Nobody finishes here: what goes is cancelled and handled by its new owner, what stays is not touched.</summary>
    [Fact]
    public async Task Only_what_goes_to_another_member_is_cancelled()
    {
        using var rig = await HandlerRig.StartAsync(servers, partitions: 2);
        var (goOn, taken, cancelled) = (new TaskCompletionSource(), new ConcurrentBag<int>(), new ConcurrentBag<int>());
        var first = rig.RunAsync(
            async (record, _, closed) =>
            {
                taken.Add(record.Partition);
                var partition = record.Partition;
                await Task.WhenAny(goOn.Task, Task.Delay(Timeout.Infinite, closed));
                if (closed.IsCancellationRequested) cancelled.Add(partition);
                return closed.IsCancellationRequested ? Outcome.RetryLater("It goes.") : Outcome.Handled;
            },
            options => (options.DrainTimeout, options.Lanes, options.ReadRetryTopic) = (TimeSpan.FromSeconds(1), 64, false));
        const int records = 20;
        await rig.WriteAsync(records, i => $"k{i}");
        (await Eventually.LocalAsync(() => taken.Distinct().Count(), count => count == 2)).ShouldBe(2);

        var second = rig.Run((_, _) => Outcome.Handled, options => options.ReadRetryTopic = false);
        (await Eventually.LocalAsync(() => cancelled.Distinct().Count(), count => count > 0)).ShouldBe(1);
        goOn.SetResult();
        await rig.HandledAsync(records, first, second);
        cancelled.Distinct().ShouldHaveSingleItem();
        await first.EndAsync();
        await second.EndAsync();
        rig.Handled.Select(record => record.Number).Order().ShouldBe(Enumerable.Range(0, records));
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task What_comes_after_a_group_began_at_the_end_is_handled_even_if_its_first_member_handled_nothing(GroupProtocol protocol)
    {
        using var rig = await HandlerRig.StartAsync(servers);
        await rig.WriteAsync(5, i => $"k{i}");
        void AtEnd(HandlerConsumerOptions options) => (options.Protocol, options.StartAtEnd, options.CommitInterval) = (protocol, true, TimeSpan.FromMinutes(1));
        var first = rig.Run((_, _) => Outcome.Handled, AtEnd);
        (await Eventually.LocalAsync(() => rig.Committed(), offset => offset == 5)).ShouldBe(5);
        await first.EndAsync();
        await rig.WriteAsync(5, i => $"k{i}");
        var second = rig.Run((_, _) => Outcome.Handled, AtEnd);
        await rig.HandledAsync(5, second);
        await second.EndAsync();
        rig.Handled.Select(record => record.Number).Order().ShouldBe([5, 6, 7, 8, 9]);
    }
}
