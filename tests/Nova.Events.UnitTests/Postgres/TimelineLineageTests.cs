using Nova.Events.Postgres;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Postgres;

public sealed class TimelineLineageTests
{
    private static readonly TimelineLineage First = TimelineLineage.Parse(1, "");
    private static readonly TimelineLineage Promoted = TimelineLineage.Parse(2, "1\t0/5000\tno recovery target specified\n");

    [Fact]
    public void A_history_file_names_the_parents_and_where_each_was_left()
    {
        var lineage = TimelineLineage.Parse(3, "# a comment\n1\t0/5000\tbefore 2026-11-21\n2\t1/6000\tno recovery target specified\n\n");
        lineage.Timelines.ShouldBe([new Timeline(1, 0x5000), new Timeline(2, 0x1_0000_6000), new Timeline(3, ulong.MaxValue)]);
        lineage.ToString().ShouldBe("1 until 0/5000 → 2 until 1/6000 → 3");
    }

    [Fact]
    public void A_lineage_does_not_part_from_itself() => Promoted.PartsAt(TimelineLineage.Parse(2, "1\t0/5000\tx")).ShouldBe(ulong.MaxValue);

    [Fact]
    public void A_promotion_parts_where_the_old_timeline_was_left() => (First.PartsAt(Promoted), Promoted.PartsAt(First)).ShouldBe((0x5000ul, 0x5000ul));

    [Fact]
    public void Two_restores_of_one_backup_part_at_the_earlier_of_their_targets() =>
        Promoted.PartsAt(TimelineLineage.Parse(3, "1\t0/4000\tx")).ShouldBe(0x4000ul);

    [Fact]
    public void Two_restores_to_one_point_part_there() => Promoted.PartsAt(TimelineLineage.Parse(3, "1\t0/5000\tx")).ShouldBe(0x5000ul);

    [Fact]
    public void Lineages_without_a_common_timeline_share_nothing() => TimelineLineage.Parse(7, "").PartsAt(First).ShouldBe(0ul);
}
