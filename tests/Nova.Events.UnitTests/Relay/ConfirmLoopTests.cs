using Nova.Events.Kafka.Publishing;
using Nova.Events.Relay.Sessions;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Relay;

/// <summary>The state in Kafka goes ahead of the slot, always: a slot that is ahead of it is refused at the next start.</summary>
public sealed class ConfirmLoopTests
{
    private readonly List<ulong?> _written = [];
    private readonly List<ulong> _confirmed = [];
    private Func<Task> _write = () => Task.CompletedTask;
    private ulong _confirmable;

    [Fact]
    public async Task What_is_acknowledged_is_written_then_confirmed_once()
    {
        var loop = Loop();
        _confirmable = 20;
        await loop.TryConfirmAsync(CancellationToken.None);
        await loop.TryConfirmAsync(CancellationToken.None);
        _written.ShouldBe([20ul]);
        _confirmed.ShouldBe([20ul]);
        loop.Confirmed.ShouldBe(20ul);
    }

    [Fact]
    public async Task Up_to_what_an_earlier_session_wrote_nothing_is_written()
    {
        _confirmable = 9;
        await Loop().TryConfirmAsync(CancellationToken.None);
        _written.ShouldBeEmpty();
        _confirmed.ShouldBe([9ul]);
    }

    [Fact]
    public async Task After_a_write_that_Kafka_refused_the_slot_is_not_confirmed_before_another_one_succeeds()
    {
        var loop = Loop();
        _confirmable = 20;
        _write = () => throw new PublishException("Kafka is away.", isTransient: true);
        await loop.TryConfirmAsync(CancellationToken.None);
        await loop.TryConfirmAsync(CancellationToken.None);
        _confirmed.ShouldBeEmpty();
        _write = () => Task.CompletedTask;
        await loop.TryConfirmAsync(CancellationToken.None);
        _written.ShouldBe([20ul, 20ul, 20ul]);
        _confirmed.ShouldBe([20ul]);
    }

    [Fact]
    public async Task A_write_that_the_end_of_the_session_gave_up_is_not_taken_for_done_by_the_last_confirmation()
    {
        var loop = Loop();
        _confirmable = 20;
        _write = () => throw new OperationCanceledException();
        await loop.TryConfirmAsync(CancellationToken.None);
        _write = () => throw new PublishException("Kafka is away.", isTransient: true);
        await loop.TryConfirmAsync(CancellationToken.None);
        _confirmed.ShouldBeEmpty();
        loop.Confirmed.ShouldBe(0ul);
    }

    private ConfirmLoop Loop() => new(
        () => _confirmable,
        (state, _) =>
        {
            _written.Add(state.ConfirmedLsn);
            return _write();
        },
        _confirmed.Add, new RelayState(1, 0, ConfirmedLsn: 10), TimeSpan.FromSeconds(1), TimeProvider.System);
}
