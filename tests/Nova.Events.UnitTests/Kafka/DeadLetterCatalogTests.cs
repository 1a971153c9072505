using System.Globalization;
using System.Text;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.DeadLetters;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class DeadLetterCatalogTests
{
    private static readonly Guid A = Guid.Parse("aaaaaaaa-0000-8000-8000-000000000001");
    private static readonly Guid B = Guid.Parse("bbbbbbbb-0000-8000-8000-000000000002");
    private readonly DeadLetterCatalog _catalog = new();

    [Fact]
    public void A_copy_of_a_dead_letter_counts_once()
    {
        Add(A, 0);
        Add(A, 1);
        Add(B, 2);
        (_catalog.Letters.Count, _catalog.Copies, _catalog.Find(A)!.Offset).ShouldBe((2, 1, 0));
    }

    [Fact]
    public void A_letter_that_failed_again_after_its_redrive_is_redriven_again_as_it_lies_there_last()
    {
        Add(A, 0, attempts: 1);
        Redriven(A, attempts: 1);
        Chosen().ShouldBeEmpty();
        Add(A, 7, attempts: 2);
        Chosen().ShouldBe([7]);
        Redriven(A, attempts: 2);
        Chosen().ShouldBeEmpty();
        Chosen(again: true).ShouldBe([7]);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("{\"redriven_at\":\"yesterday\"}")]
    [InlineData(null)]
    public void What_is_no_state_leaves_a_letter_as_not_redriven(string? state)
    {
        Add(A, 0);
        Redriven(A, attempts: 1);
        _catalog.AddState(Record(0, [], A.ToString(), state));
        Chosen().ShouldBe([0]);
    }

    [Fact]
    public void Records_without_an_id_of_a_dead_letter_are_counted_and_never_chosen()
    {
        _catalog.Add(Record(0, []));
        _catalog.Add(Record(1, [(HeaderNames.DeadLetterId, "42")]));
        _catalog.Add(Record(2, [(HeaderNames.DeadLetterId, null)]));
        Add(A, 3);
        (_catalog.Foreign, _catalog.Letters.Count).ShouldBe((3, 1));
    }

    [Fact]
    public void An_id_that_the_record_brought_along_does_not_hide_the_one_that_the_consumer_wrote()
    {
        _catalog.Add(Record(0, [(HeaderNames.DeadLetterId, B.ToString()), (HeaderNames.DeadLetterId, A.ToString())]));
        _catalog.Letters.ShouldHaveSingleItem().Id.ShouldBe(A);
    }

    [Fact]
    public void The_oldest_are_chosen_first_whatever_their_partition()
    {
        Add(A, 5);
        Add(B, 4);
        Chosen(max: 1).ShouldBe([4]);
        Chosen().ShouldBe([4, 5]);
    }

    [Theory]
    [InlineData("orders", null, null, null, 1)]
    [InlineData("order", null, null, null, 0)]
    [InlineData(null, "NOT json", null, null, 1)]
    [InlineData(null, "too old", null, null, 0)]
    [InlineData(null, null, "Placed", null, 1)]
    [InlineData(null, null, "placed", null, 0)]
    [InlineData(null, null, null, 7, 1)]
    [InlineData(null, null, null, 8, 0)]
    [InlineData("orders", "json", "Placed", 8, 0)]
    public void All_that_a_filter_names_must_hold(string? topic, string? reason, string? type, int? sinceOffset, int expected)
    {
        Add(A, 7);
        var filter = new DeadLetterFilter { Topic = topic, Reason = reason, EventType = type, Since = sinceOffset is { } offset ? At(offset) : null };
        _catalog.Choose(filter, again: false, max: null).Count.ShouldBe(expected);
        _catalog.Choose(filter with { Ids = [B] }, again: false, max: null).ShouldBeEmpty();
    }

    private List<long> Chosen(bool again = false, int? max = null) => [.. _catalog.Choose(new DeadLetterFilter(), again, max).Select(letter => letter.Offset)];

    private void Redriven(Guid id, int attempts) =>
        _catalog.AddState(Record(0, [], id.ToString(), Encoding.UTF8.GetString(new DeadLetterState(At(0), "run", attempts, 1).ToBytes())));

    private void Add(Guid id, long offset, int attempts = 1) => _catalog.Add(Record(offset,
    [
        (HeaderNames.EventType, "Placed"), (HeaderNames.DeadLetterId, id.ToString()), (HeaderNames.DeadLetterTopic, "orders"), (HeaderNames.DeadLetterReason, "It is not JSON."),
        (HeaderNames.DeadLetterAttempts, attempts.ToString(CultureInfo.InvariantCulture)),
    ]));

    private static DateTimeOffset At(long offset) => DateTimeOffset.UnixEpoch.AddSeconds(offset);

    private static ConsumedRecord Record(long offset, (string Name, string? Value)[] headers, string key = "k", string? value = "{}") => new()
    {
        Topic = "g.dlq",
        Partition = (int)(offset % 2),
        Offset = offset,
        Timestamp = At(offset),
        Key = Encoding.UTF8.GetBytes(key),
        Value = value is null ? null : Encoding.UTF8.GetBytes(value),
        Headers = [.. headers.Select(header => new RecordHeader(header.Name, header.Value is null ? null : Encoding.UTF8.GetBytes(header.Value)))],
    };
}
