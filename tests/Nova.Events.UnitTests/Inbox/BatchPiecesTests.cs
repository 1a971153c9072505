using Nova.Events.Inbox.Consuming;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Inbox;

public sealed class BatchPiecesTests
{
    [Fact]
    public void Without_a_failure_it_is_one_piece() => Pieces(5, _ => null).ShouldBe([(0, 5, true)]);

    [Fact]
    public void What_comes_before_the_record_that_failed_goes_first_then_it_alone_then_the_rest() =>
        Pieces(9, Once(6)).ShouldBe([(0, 9, false), (0, 6, true), (6, 7, true), (7, 9, true)]);

    [Fact]
    public void A_first_record_that_fails_goes_alone() => Pieces(3, Once(0)).ShouldBe([(0, 3, false), (0, 1, true), (1, 3, true)]);

    [Fact]
    public void Where_no_single_record_is_known_to_be_the_cause_each_of_the_piece_goes_alone()
    {
        var failed = false;
        var pieces = new BatchPieces(3);
        var seen = new List<(int, int)>();
        while (pieces.At < 3)
        {
            seen.Add((pieces.At, pieces.To));
            if (!failed) pieces.Failed(null);
            else pieces.Applied();
            failed = true;
        }

        seen.ShouldBe([(0, 3), (0, 1), (1, 2), (2, 3)]);
    }

    [Fact]
    public void A_record_that_is_kept_out_goes_alone_behind_those_before_it_whatever_becomes_of_them()
    {
        var (pieces, seen) = (new BatchPieces(6), new List<(int, int)>());
        for (var failures = 0; pieces.At < 6;)
        {
            pieces.Isolate(3);
            seen.Add((pieces.At, pieces.To));
            if (failures == 0) pieces.Failed(1);
            else if (failures == 2) pieces.Failed(null);
            else pieces.Applied();
            failures++;
        }

        seen.ShouldBe([(0, 3), (0, 1), (1, 2), (1, 2), (2, 3), (3, 4), (4, 6)]);
    }

    [Fact]
    public void Whatever_fails_each_record_is_applied_once_and_in_order()
    {
        var random = new Random(4711);
        for (var round = 0; round < 2_000; round++)
        {
            var (count, applied) = (random.Next(1, 30), 0);
            var pieces = new BatchPieces(count);
            for (var tries = 0; pieces.At < count; tries++)
            {
                tries.ShouldBeLessThan(10_000);
                pieces.At.ShouldBe(applied);
                pieces.To.ShouldBeGreaterThan(pieces.At);
                if (random.Next(3) > 0) (applied, _) = (pieces.To, Apply(pieces));
                else pieces.Failed(random.Next(4) == 0 ? null : random.Next(pieces.To - pieces.At));
            }
        }
    }

    private static bool Apply(BatchPieces pieces)
    {
        pieces.Applied();
        return true;
    }

    private static Func<int, int?> Once(int record)
    {
        var failed = false;
        return to =>
        {
            if (failed || to <= record) return null;
            failed = true;
            return record;
        };
    }

    /// <param name="failing">The record that fails in a piece that ends there, or null.</param>
    private static List<(int At, int To, bool Applied)> Pieces(int count, Func<int, int?> failing)
    {
        var (pieces, seen) = (new BatchPieces(count), new List<(int, int, bool)>());
        while (pieces.At < count)
        {
            var failed = failing(pieces.To);
            seen.Add((pieces.At, pieces.To, failed is null));
            if (failed is { } record) pieces.Failed(record - pieces.At);
            else pieces.Applied();
        }

        return seen;
    }
}
