using System.Collections.Concurrent;
using Nova.Events.Outbox;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Outbox;

public sealed class EventIdTests
{
    private long _last;

    [Fact]
    public void An_id_is_a_UUID_of_version_7_that_carries_its_time()
    {
        var clock = new WallClock { Now = DateTimeOffset.FromUnixTimeMilliseconds(0x0123456789AB) };
        var id = EventId.Next(clock, ref _last);
        (id.Version, id.Variant & 0xC).ShouldBe((7, 8));
        id.ToString().ShouldStartWith("01234567-89ab-7000-");
    }

    [Fact]
    public void Ids_grow_strictly_for_the_CLR_and_as_text_for_the_database()
    {
        var ids = Enumerable.Range(0, 20_000).Select(_ => new OutboxMessage { AggregateType = "post", AggregateId = "1", Type = "T" }.Id).ToList();
        for (var i = 1; i < ids.Count; i++)
        {
            ids[i].CompareTo(ids[i - 1]).ShouldBePositive();
            string.CompareOrdinal(ids[i].ToString(), ids[i - 1].ToString()).ShouldBePositive();
        }
    }

    [Fact]
    public void A_clock_that_is_set_back_does_not_turn_the_order()
    {
        var clock = new WallClock { Now = DateTimeOffset.UnixEpoch.AddYears(50) };
        var before = EventId.Next(clock, ref _last);
        clock.Now -= TimeSpan.FromDays(1);
        var after = EventId.Next(clock, ref _last);
        after.CompareTo(before).ShouldBePositive();
    }

    [Fact]
    public void A_full_millisecond_runs_into_the_next()
    {
        var clock = new WallClock { Now = DateTimeOffset.FromUnixTimeMilliseconds(1000) };
        var ids = Enumerable.Range(0, 5000).Select(_ => EventId.Next(clock, ref _last)).ToList();
        ids.ShouldBe(ids.Order());
        ids[4095].ToString().ShouldStartWith("00000000-03e8-7fff");
        ids[4096].ToString().ShouldStartWith("00000000-03e9-7000");
        ids.ShouldAllBe(id => id.Version == 7);
    }

    [Fact]
    public void Threads_at_once_get_different_ids_each_in_growing_order()
    {
        var all = new ConcurrentBag<Guid>();
        Parallel.For(0, 8, _ =>
        {
            var previous = Guid.Empty;
            for (var i = 0; i < 5000; i++)
            {
                var id = EventId.Next();
                id.CompareTo(previous).ShouldBePositive();
                all.Add(previous = id);
            }
        });
        all.Distinct().Count().ShouldBe(40_000);
    }

    private sealed class WallClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
