using FsCheck;
using FsCheck.Fluent;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.UnitTests.Kafka.InMemory;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

/// <summary>
/// What holds whatever happens in whatever order; a script of bytes says what happens, and a script that breaks something is made as short as it can be. That
/// no committed offset passes an unfinished record, that no repeat is handled and that one owner never has two records of a key in hand, the group looks at
/// itself at every step.
/// </summary>
public sealed class HandlerProperties
{
    [Fact]
    public void While_keys_block_each_is_handled_in_order_and_everything_is_handled() => Holds(400, script => InOrder(script, OnFailure.BlockKey));

    [Fact]
    public void While_partitions_block_each_key_is_handled_in_order_and_everything_is_handled() => Holds(200, script => InOrder(script, OnFailure.BlockPartition));

    [Fact]
    public void While_keys_are_parked_each_is_handled_in_order_and_everything_is_handled() => Holds(400, script => InOrder(script, OnFailure.ParkKey));

    /// <summary>Regression: whoever had the partition next put older records of a parked key behind newer ones.</summary>
    [Fact]
    public void While_partitions_move_gracefully_no_older_record_of_a_parked_key_follows_a_newer_one() => Holds(1_000, script =>
    {
        using var group = new MemoryGroup(script, OnFailure.ParkKey, isGraceful: true);
        group.Run();
        foreach (var retried in group.SettledFromRetries) retried.ShouldBeInOrder();
        foreach (var (settled, written) in group.LastByKey) settled.ShouldBe(written);
    });

    [Fact]
    public void With_the_retry_topic_everything_is_handled() => Holds(400, script =>
    {
        using var group = new MemoryGroup(script, OnFailure.RetryTopic);
        group.Run();
        group.Handled.Concat(group.DeadLetters).Distinct().Order().ShouldBe(Enumerable.Range(0, group.Written));
    });

    private static void Holds(int scripts, Action<byte[]> holds) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(scripts).WithEndSize(400), Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), holds));

    private static void InOrder(byte[] script, OnFailure onFailure)
    {
        using var group = new MemoryGroup(script, onFailure);
        group.Run();
        group.Handled.Concat(group.DeadLetters).Distinct().Order().ShouldBe(Enumerable.Range(0, group.Written));
        foreach (var key in group.SettledByKey) key.Distinct().ShouldBeInOrder();
    }
}
