using Nova.Events.Cli.Workload;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Cli;

public sealed class ZipfTests
{
    private const int Draws = 200_000;

    [Fact]
    public void A_rank_is_drawn_in_proportion_to_one_over_itself()
    {
        var counts = Draw(new Zipf(100, 1));
        var harmonic = Enumerable.Range(1, 100).Sum(rank => 1.0 / rank);
        foreach (var rank in new[] { 1, 2, 5, 20, 100 })
            ((double)counts[rank - 1]).ShouldBe(Draws / (rank * harmonic), tolerance: 5 * Math.Sqrt(Draws / (rank * harmonic)));
    }

    [Fact]
    public void A_greater_exponent_gives_the_first_ranks_more() => Draw(new Zipf(100, 1.5))[0].ShouldBeGreaterThan(Draw(new Zipf(100, 0.5))[0] * 2);

    [Fact]
    public void With_one_rank_there_is_no_choice() => new Zipf(1, 1).Next(new Random(1)).ShouldBe(0);

    private static int[] Draw(Zipf zipf)
    {
        var (counts, random) = (new int[100], new Random(5));
        for (var i = 0; i < Draws; i++) counts[zipf.Next(random)]++;
        return counts;
    }
}
