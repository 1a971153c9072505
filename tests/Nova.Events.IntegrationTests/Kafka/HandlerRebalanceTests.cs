using Confluent.Kafka;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Kafka;

[Collection(ServersCollection.Name)]
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
}
