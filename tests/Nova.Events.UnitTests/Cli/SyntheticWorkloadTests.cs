using Nova.Events.Cli.Workload;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Cli;

public sealed class SyntheticWorkloadTests
{
    private static readonly SocialAction[] Day = [.. SyntheticWorkload.Actions(new PostLedger(0, []), seed: 1).Take(50_000)];

    [Fact]
    public void The_same_seed_makes_the_same_day()
    {
        SyntheticWorkload.Actions(new PostLedger(0, []), seed: 1).Take(1_000).ShouldBe(Day.Take(1_000));
        SyntheticWorkload.Actions(new PostLedger(0, []), seed: 2).Take(1_000).SequenceEqual(Day.Take(1_000)).ShouldBeFalse();
    }

    [Fact]
    public void It_begins_with_posts_and_each_action_is_about_one_that_is_there()
    {
        Day.Take(50).ShouldAllBe(action => action.Kind == ActionKind.Publish);
        var posts = new HashSet<(long, long)>();
        foreach (var action in Day)
        {
            if (action.Kind == ActionKind.Publish) posts.Add((action.PostId, action.AuthorId)).ShouldBeTrue();
            else if (action.PostId > 0) posts.ShouldContain((action.PostId, action.AuthorId));
        }
    }

    [Fact]
    public void Few_authors_get_most_of_the_attention()
    {
        var follows = Day.Where(action => action.Kind == ActionKind.Follow).GroupBy(action => action.AuthorId).Select(author => author.Count()).OrderDescending().ToArray();
        follows.Take(100).Sum().ShouldBeGreaterThan(follows.Sum() / 3);
    }

    [Fact]
    public void Every_kind_of_action_occurs_in_about_its_share()
    {
        var shares = Day.GroupBy(action => action.Kind).ToDictionary(kind => kind.Key, kind => 100.0 * kind.Count() / Day.Length);
        shares.Count.ShouldBe(Enum.GetValues<ActionKind>().Length);
        shares[ActionKind.Like].ShouldBe(28, tolerance: 1);
        shares[ActionKind.View].ShouldBe(18, tolerance: 1);
        shares[ActionKind.Share].ShouldBe(2, tolerance: 0.5);
    }

    [Fact]
    public void A_later_day_continues_the_ids_of_an_earlier_one()
    {
        var ledger = new PostLedger(70, [(70, 9)]);
        SyntheticWorkload.Actions(ledger, seed: 1).First().PostId.ShouldBe(71);
    }
}
