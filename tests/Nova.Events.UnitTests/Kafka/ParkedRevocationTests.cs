using System.Text;
using Confluent.Kafka;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.Kafka.Consuming.State;
using Nova.Events.UnitTests.Kafka.InMemory;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

/// <summary>A key is parked above a record that does not end, and its partition goes to another member.</summary>
public sealed class ParkedRevocationTests
{
    private static readonly TopicPartition Partition = new("t", 0), Retries = new(Topics.Retry("g"), 0);
    private Action _pump = static () => { };
    private readonly ManualTime _time = new();
    private readonly MemoryLog _log = new((_, _) => true);
    private readonly List<string> _handled = [];

    public ParkedRevocationTests()
    {
        _log.Add(Partition);
        _log.Add(Retries);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Its_next_owner_handles_no_record_of_the_key_before_those_that_wait_in_the_retry_topic(bool movesBeforeItSticks)
    {
        using var pump = new Pump();
        _pump = pump.Run;
        if (movesBeforeItSticks) Write("other", "first");
        Write("slow", "stuck");
        foreach (var value in new[] { "k1", "k2", "k3" }) Write("k", value);
        using var first = Member(record => record switch { "stuck" => null, "k2" => Outcome.RetryLater("later"), _ => Outcome.Handled });
        first.Assign([Partition]);
        Run(first);
        first.Revoke([Partition]);
        _log.Records(Retries).Select(ValueOf).ShouldBe(["k2", "k3"]);

        using var second = Member(_ => Outcome.Handled);
        second.Assign([Partition, Retries]);
        Run(second);
        Write("k", "k4");
        Run(second);
        _handled.Where(value => value[0] == 'k').ShouldBe(["k1", "k2", "k3", "k4"]);
        _log.Records(Retries).Count(record => ValueOf(record) is "k1" or "k2" or "k3").ShouldBe(2);
    }

    /// <summary>Written, but the answer did not come in time.</summary>
    [Fact]
    public void A_record_on_its_way_to_the_retry_topic_when_its_partition_goes_keeps_its_place_in_the_order()
    {
        using var pump = new Pump();
        _pump = pump.Run;
        foreach (var value in new[] { "k1", "k2" }) Write("k", value);
        using var first = Member(record => record == "k1" ? Outcome.RetryLater("later") : Outcome.Handled, answers: false);
        first.Assign([Partition]);
        Run(first);
        first.Revoke([Partition]);

        using var second = Member(_ => Outcome.Handled);
        second.Assign([Partition]);
        Run(second);
        second.Assign([Retries]);
        Run(second);
        _handled.ShouldBe(["k1", "k2"]);
        Write("k", "k3");
        Run(second);
        _handled.ShouldBe(["k1", "k2", "k3"]);
    }

    private static string ValueOf(ConsumedRecord record) => Encoding.UTF8.GetString(record.Value!);

    private void Write(string key, string value) =>
        _log.Append(Partition, key, _time.GetUtcNow(), [], value: value);

    private void Run(MemoryMember member)
    {
        for (var i = 0; i < 200; i++)
        {
            member.Poll(10);
            _pump();
            member.AutoCommit();
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }
    }

    private MemoryMember Member(Func<string, Outcome?> handle, bool answers = true)
    {
        var options = new HandlerConsumerOptions { Group = "g", Lanes = 16, DrainTimeout = TimeSpan.FromSeconds(1), Failure = new() { OnFailure = OnFailure.ParkKey, AttemptsInPlace = 1 } };
        return new MemoryMember(_log, options, new Handler(this, handle), new Aside(this, answers), _time, () =>
        {
            _pump();
            _time.Advance(TimeSpan.FromMilliseconds(100));
        });
    }

    private sealed class Handler(ParkedRevocationTests test, Func<string, Outcome?> handle) : IRecordHandler
    {
        public ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken cancellationToken)
        {
            var value = Encoding.UTF8.GetString(record.Value);
            if (handle(value) is not { } outcome) return new(new TaskCompletionSource<Outcome>().Task);
            if (outcome.Kind == OutcomeKind.Handled) test._handled.Add(value);
            return ValueTask.FromResult(outcome);
        }
    }

    private sealed class Aside(ParkedRevocationTests test, bool answers) : ISetAside
    {
        public Task WriteAsync(RecordView record, string reason, string? exceptionType, int attempts, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<RetryPlace> RetryAsync(RecordView record, Outcome outcome, int attempts, TimeSpan delay, CancellationToken cancellationToken)
        {
            var message = SetAsideMessage.Of("g", record.ToOwned(), "later", null, attempts, delay);
            var headers = message.Headers.Select(header => new RecordHeader(header.Key, header.GetValueBytes())).ToList();
            var written = test._log.Append(Retries, Encoding.UTF8.GetString(message.Key!), test._time.GetUtcNow(), headers, value: Encoding.UTF8.GetString(message.Value!));
            return answers ? Task.FromResult(new RetryPlace(0, written.Offset)) : new TaskCompletionSource<RetryPlace>().Task;
        }
    }
}
