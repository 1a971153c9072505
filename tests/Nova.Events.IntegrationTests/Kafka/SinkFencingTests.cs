using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging.Abstractions;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Kafka.Targets;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Consuming.Native;
using Nova.Events.Kafka.Consuming.Sink;
using Nova.Events.Kafka.Consuming.State;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Kafka;

/// <summary>What protects "one intent at a time", and what follows from it: each step of the argument against a real broker and a real table.</summary>
[Collection(ConsumerServersCollection.Name)]
public sealed class SinkFencingTests(RunningServers servers)
{
    private static readonly TimeSpan Session = TimeSpan.FromSeconds(6);
    private static readonly CommittedState Intended = CommittedState.Empty with { Intent = new Intent(9, 10, 1, 1, OffsetSpans.None) };

    [Fact]
    public async Task The_intent_of_a_member_that_the_group_has_left_behind_is_refused()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        using var stale = new ClosedAtEnd(Member(rig, out var staleOwns));
        Poll(stale.Member, staleOwns);
        using var successor = new ClosedAtEnd(Member(rig, out var successorOwns));
        // The stale one is frozen: it does not answer the rebalance, and the group goes on without it.
        Poll(successor.Member, successorOwns);

        var gate = Gate(rig, stale.Member, TimeProvider.System);
        await Should.ThrowAsync<LaneClosedException>(gate.CommitAsync(0, Intended, CancellationToken.None));
        rig.Committed().Offset.ShouldBeNull();
    }

    [Fact]
    public async Task A_woken_member_commits_nothing_into_a_group_that_is_empty_meanwhile_although_the_broker_would_take_it()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        using var woken = new ClosedAtEnd(Member(rig, out var owns));
        Poll(woken.Member, owns);
        var gate = Gate(rig, woken.Member, TimeProvider.System);
        gate.Ensure();
        await EmptyAsync(rig);

        await Should.ThrowAsync<LeaseExpiredException>(gate.CommitAsync(0, Intended, CancellationToken.None));
        Should.Throw<LeaseExpiredException>(gate.Ensure);
        rig.Committed().Offset.ShouldBeNull();

        // Why the gate looks at the clock: into an empty group the broker takes a commit from anyone without a generation, as a client is that lost its own.
        rig.Commit(0, Intended);
        rig.Committed().Metadata.ShouldContain(";i:");
    }

    [Fact]
    public async Task The_successor_repeats_the_very_block_under_the_very_token()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        rig.Options.BatchRows = 30;
        var last = await rig.LikesAsync(80);
        var (honest, frozen) = (rig.Sink, new FrozenSink(rig.Sink));
        rig.Sink = frozen;
        await FreezeAsync(rig);
        var first = frozen.Held[0];

        var repeated = new List<(string Token, byte[] Bytes)>();
        // Another size: what the successor repeats is the intent's range, not what it would have made itself.
        rig.Options.BatchRows = 7;
        rig.Sink = new WatchedSink(honest, _ => { }, (batch, token) => repeated.Add((token, Bytes(batch))));
        await rig.RunPastAsync(last);
        repeated[0].Token.ShouldBe(first.Token);
        repeated[0].Bytes.ShouldBe(Bytes(first.Batch));
        (await rig.RowsAsync()).ShouldBe(80);
    }

    [Theory]
    [InlineData("IntentCommitted", 5)]
    [InlineData("Inserted", 10)]
    public async Task A_retention_that_cut_into_the_intent_is_noticed_and_what_is_left_is_there_once(string step, int rows)
    {
        await using var rig = await SinkRig.StartAsync(servers);
        var last = await rig.LikesAsync(10);
        await DieAsync(rig, Enum.Parse<SinkStep>(step));
        using (var admin = new AdminClientBuilder(rig.Kafka.ApplyTo(new AdminClientConfig(), "test")).Build())
            await admin.DeleteRecordsAsync([new TopicPartitionOffset(rig.Topic, 0, 5)], new DeleteRecordsOptions { RequestTimeout = TimeSpan.FromSeconds(10) });

        await rig.RunPastAsync(last);
        (await rig.RowsAsync()).ShouldBe(rows);
        (await rig.CountAsync("uniqExact(_offset)", rig.Table)).ShouldBe(rows);
        (await rig.ViewAsync("likes")).ShouldBe(rows);
    }

    /// <summary>As a process dies: at once, and without a commit.</summary>
    private static Task DieAsync(SinkRig rig, SinkStep step) =>
        SimulatedDeathException.EndsAsync(rig.NewConsumer(reached => { if (reached == step) throw new SimulatedDeathException(); }));

    /// <summary>Holds the first insert back, and ends without it.</summary>
    private static async Task FreezeAsync(SinkRig rig)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        rig.Options.DrainTimeout = TimeSpan.FromMilliseconds(100);
        await rig.NewConsumer(step => { if (step == SinkStep.IntentCommitted) stop.Cancel(); }).RunAsync(stop.Token);
    }

    private static byte[] Bytes(EncodedBatch batch) => [.. batch.Body.SelectMany(static piece => piece.ToArray())];

    private static LaneGate Gate(SinkRig rig, IConsumer<byte[], byte[]> member, TimeProvider time)
    {
        var gate = new LaneGate(
            new TopicPartition(rig.Topic, 0), offset => CommitMetadata.Commit(member, [offset]), new MembershipLease(Session, time), rig.Options, NullLogger.Instance, time);
        gate.Begin(0, "");
        return gate;
    }

    /// <summary>A member that stops being one when nobody polls it for as long as a session lasts.</summary>
    private static IConsumer<byte[], byte[]> Member(SinkRig rig, out TaskCompletionSource owns)
    {
        var assigned = owns = new TaskCompletionSource();
        var config = rig.Options.ToConfig(rig.Kafka);
        (config.SessionTimeoutMs, config.HeartbeatIntervalMs, config.MaxPollIntervalMs) = ((int)Session.TotalMilliseconds, 500, (int)Session.TotalMilliseconds);
        (config.EnableAutoCommit, config.AutoOffsetReset) = (false, AutoOffsetReset.Earliest);
        var member = new ConsumerBuilder<byte[], byte[]>(config)
            .SetPartitionsAssignedHandler((_, partitions) => { if (partitions.Count > 0) assigned.TrySetResult(); })
            .SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        member.Subscribe(rig.Topic);
        return member;
    }

    private static void Poll(IConsumer<byte[], byte[]> member, TaskCompletionSource owns)
    {
        for (var polls = 0; !owns.Task.IsCompleted; polls++)
        {
            polls.ShouldBeLessThan(300, "No partition was assigned.");
            member.Consume(TimeSpan.FromMilliseconds(100));
        }
    }

    private static async Task EmptyAsync(SinkRig rig)
    {
        using var admin = new AdminClientBuilder(rig.Kafka.ApplyTo(new AdminClientConfig(), "test")).Build();
        var state = await Eventually.ValueAsync(
            async () => (await admin.DescribeConsumerGroupsAsync([rig.Options.Group])).ConsumerGroupDescriptions[0].State, state => state == ConsumerGroupState.Empty);
        state.ShouldBe(ConsumerGroupState.Empty);
    }

    /// <summary>Rebalances that wait for their handlers would keep a client from ending.</summary>
    private sealed class ClosedAtEnd(IConsumer<byte[], byte[]> member) : IDisposable
    {
        public IConsumer<byte[], byte[]> Member => member;

        public void Dispose()
        {
            member.Close();
            member.Dispose();
        }
    }
}
