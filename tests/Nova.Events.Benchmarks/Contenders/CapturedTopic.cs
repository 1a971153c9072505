namespace Nova.Events.Benchmarks.Contenders;

/// <summary>The captured table of the benches, and its topic: named as Debezium names it, which spares it a transformation.</summary>
internal static class CapturedTopic
{
    public const string Table = Schema + "articles";

    /// <summary>With its dot.</summary>
    public const string Schema = "bench.";
}
