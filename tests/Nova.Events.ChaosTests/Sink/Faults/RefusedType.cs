using Confluent.Kafka;
using Nova.Events.Kafka;
using Nova.Events.Kafka.DeadLetters;
using Nova.Events.Kafka.Topology;

namespace Nova.Events.ChaosTests.Sink.Faults;

/// <summary>
/// A table that refuses the rows of one event type for a while: they become dead letters. Once it takes them they are redriven, while other things go wrong,
/// and each must have its row in the end, once.
/// </summary>
internal sealed class RefusedType(SinkFleet fleet)
{
    /// <summary>What the reason of such a letter begins with.</summary>
    public const string Reason = "ClickHouse refused the row";

    private const string Constraint = "chaos_rows";
    private static readonly string[] Types = ["CommentDeleted", "PostUnliked", "PostPublished"];

    public Task BreakAsync(Random random, CancellationToken cancellationToken) => fleet.ExecuteAsync(
        $"ALTER TABLE outbox_events ADD CONSTRAINT IF NOT EXISTS {Constraint} CHECK event_type != '{Types[random.Next(Types.Length)]}'", cancellationToken);

    /// <summary>The table takes them again; those that were given up so far are redriven.</summary>
    public async Task MendAsync()
    {
        await AcceptAsync(CancellationToken.None);
        await RedriveAsync(CancellationToken.None);
    }

    /// <summary>Whatever is refused, also by an earlier part of the run.</summary>
    public Task AcceptAsync(CancellationToken cancellationToken) =>
        fleet.ExecuteAsync($"ALTER TABLE outbox_events DROP CONSTRAINT IF EXISTS {Constraint}", cancellationToken);

    /// <summary>How many letters were redriven: a sink may have given some up since the last time.</summary>
    /// <exception cref="KafkaException">The broker is away.</exception>
    public async Task<int> RedriveAsync(CancellationToken cancellationToken)
    {
        var log = await new DeadLetterReader(fleet.Kafka).OpenAsync(SinkFleet.Group, cancellationToken);
        var letters = log.Catalog.Choose(new DeadLetterFilter { Reason = Reason }, again: false, max: null);
        if (letters.Count == 0) return 0;
        return (await new Redrive(fleet.Kafka, new TopicOptions(), TimeProvider.System).RunAsync(log, letters, perSecond: 10_000, redriven: null, cancellationToken)).Redriven;
    }
}
