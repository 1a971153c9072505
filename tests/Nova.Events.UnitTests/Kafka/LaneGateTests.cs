using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Consuming.Native;
using Nova.Events.Kafka.Consuming.Sink;
using Nova.Events.Kafka.Consuming.State;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class LaneGateTests
{
    private readonly List<CommittedOffset> _commits = [];
    private readonly ManualTime _time = new();
    private readonly MembershipLease _lease;
    private readonly LaneGate _gate;
    private KafkaException? _refusal;

    public LaneGateTests()
    {
        var options = new SinkConsumerOptions { SessionTimeout = TimeSpan.FromSeconds(40) };
        _lease = new MembershipLease(options.SessionTimeout, _time);
        _gate = new LaneGate(new TopicPartition("t", 0), Commit, _lease, options, NullLogger.Instance, _time);
        _gate.Begin(5, "");
    }

    [Fact]
    public async Task A_closed_gate_commits_and_inserts_nothing()
    {
        _gate.Close();
        Should.Throw<LaneClosedException>(_gate.Ensure);
        await Should.ThrowAsync<LaneClosedException>(_gate.CommitAsync(6, CommittedState.Empty, CancellationToken.None));
        _gate.CommitAgain();
        _commits.ShouldBeEmpty();
    }

    [Fact]
    public async Task Half_a_session_without_an_acknowledged_commit_gives_the_partition_up()
    {
        _time.Advance(TimeSpan.FromSeconds(19));
        await _gate.CommitAsync(6, CommittedState.Empty, CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(19));
        _gate.Ensure();
        _time.Advance(TimeSpan.FromSeconds(1));
        Should.Throw<LeaseExpiredException>(_gate.Ensure);
        await Should.ThrowAsync<LeaseExpiredException>(_gate.CommitAsync(7, CommittedState.Empty, CancellationToken.None));
        _gate.CommitAgain();
        _commits.ShouldHaveSingleItem().Offset.ShouldBe(6);
    }

    [Fact]
    public void An_idle_partition_renews_the_evidence_by_committing_again_what_is_committed()
    {
        _time.Advance(TimeSpan.FromSeconds(7));
        _lease.IsRenewalDue.ShouldBeTrue();
        _gate.CommitAgain();
        _lease.IsRenewalDue.ShouldBeFalse();
        _commits.ShouldHaveSingleItem().Offset.ShouldBe(5);
    }

    [Fact]
    public async Task A_broker_that_does_not_know_the_member_closes_the_lane()
    {
        _refusal = new KafkaException(new Error(ErrorCode.UnknownMemberId));
        await Should.ThrowAsync<LaneClosedException>(_gate.CommitAsync(6, CommittedState.Empty, CancellationToken.None));
    }

    [Fact]
    public async Task An_old_generation_is_tried_again_under_the_new_one_for_as_long_as_nobody_takes_the_partition()
    {
        _refusal = new KafkaException(new Error(ErrorCode.IllegalGeneration));
        var committing = _gate.CommitAsync(6, CommittedState.Empty, CancellationToken.None);
        committing.IsCompleted.ShouldBeFalse();
        _refusal = null;
        _time.Advance(TimeSpan.FromSeconds(1));
        await committing;
        _commits.ShouldHaveSingleItem().Offset.ShouldBe(6);
    }

    [Fact]
    public async Task An_old_generation_of_a_partition_that_was_taken_is_not_tried_again()
    {
        _refusal = new KafkaException(new Error(ErrorCode.IllegalGeneration));
        var committing = _gate.CommitAsync(6, CommittedState.Empty, CancellationToken.None);
        _gate.Close();
        _refusal = null;
        _time.Advance(TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<LaneClosedException>(committing);
        _commits.ShouldBeEmpty();
    }

    private void Commit(CommittedOffset offset)
    {
        if (_refusal is { } refusal) throw refusal;
        _commits.Add(offset);
    }
}
