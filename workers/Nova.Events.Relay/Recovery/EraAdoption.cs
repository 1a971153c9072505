using Nova.Events.Contracts;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Topology;
using Nova.Events.Postgres;
using Nova.Events.Postgres.Slots;
using Nova.Events.Relay.Sessions;
using Npgsql;

namespace Nova.Events.Relay.Recovery;

/// <summary>An event that consumers may have acted on, and that the database no longer holds.</summary>
/// <param name="Topic">Where it was published.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its offset.</param>
/// <param name="Id">Its id.</param>
/// <param name="Type">Its type.</param>
/// <param name="Key">Its key.</param>
/// <param name="Position">Its position.</param>
internal sealed record PhantomEvent(string Topic, int Partition, long Offset, Guid Id, string Type, string Key, Position Position);

/// <summary>What an adoption found, and did.</summary>
/// <param name="Why">Why the source counts as rewound.</param>
/// <param name="PartsAt">LSN from which on the published history is not the database's.</param>
/// <param name="Era">The era that positions belong to from now on.</param>
/// <param name="Phantoms">Events beyond that LSN that the database does not hold.</param>
internal sealed record Adoption(string Why, ulong PartsAt, ushort Era, IReadOnlyList<PhantomEvent> Phantoms);

/// <summary>
/// Takes a database over whose history parts from what was published: a restore to a point in time, a promoted standby that lost commits, a new
/// cluster. Its positions begin a new era, above all earlier ones; without that, what it commits at numbers already used would be skipped.
/// </summary>
internal sealed class EraAdoption(RelayOptions options, KafkaOptions kafka, TopicOptions topics, TimeProvider time)
{
    private const string NotHeld = """
        SELECT id FROM unnest($1) id
        WHERE NOT EXISTS (SELECT FROM nova.outbox WHERE outbox.id = id.id) AND NOT EXISTS (SELECT FROM nova.stream_events WHERE stream_events.id = id.id)
        """;

    /// <param name="commit">False only looks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NothingToAdoptException">The database's history is the one that was published.</exception>
    public async Task<Adoption> RunAsync(bool commit, CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(options.ConnectionString);
        using var store = new RelayStateStore(kafka, options.Source);
        await new TopicSetup(kafka, topics).EnsureAsync([.. SessionStart.OwnTopics], cancellationToken);
        var identity = await SourceIdentity.ReadAsync(options.ConnectionString, cancellationToken);
        var walLsn = await Lsn.CurrentAsync(dataSource, cancellationToken);
        var slotLsn = (await new ReplicationSlots(dataSource).FindAsync(options.Slot, cancellationToken))?.ConfirmedLsn;
        var state = await store.ReadAsync(cancellationToken) ?? throw new NothingToAdoptException(options.Source, "nothing was published from it");
        var (records, published) = (new List<PhantomEvent>(), new PublishedEvents(kafka, options));
        await foreach (var (record, position) in published.ReadAsync(since: null, cancellationToken))
            if (position.Era == state.Era)
                records.Add(new PhantomEvent(record.Topic, record.Partition, record.Offset, PublishedEvents.IdOf(record.Header(HeaderNames.Id)) ?? Guid.Empty, record.Header(HeaderNames.EventType) ?? "", System.Text.Encoding.UTF8.GetString(record.Key ?? []), position));
        // Captured tables' records count, too: their partitions are where a relay would refuse.
        var tails = (await published.TailsAsync(cancellationToken)).Values.Select(tail => tail.Position).Where(position => position.Era == state.Era).ToList();
        var (why, partsAt) = Parting(state, identity, walLsn, slotLsn, tails.Count == 0 ? 0 : tails.Max(position => position.CommitLsn));
        var phantoms = await MissingAsync(dataSource, [.. records.Where(record => record.Position.CommitLsn >= partsAt)], cancellationToken);
        var era = checked((ushort)(state.Era + 1));
        // Nothing is confirmed in the new era: whatever slot there is has to be recreated. Read on from the old one, what it delivers once more would count as new.
        if (commit)
            await store.WriteAsync(new RelayState(identity.SystemId, era, identity.Lineage, ConfirmedLsn: 0, state.ConfirmedAt ?? time.GetUtcNow(), state.Session + 1), cancellationToken);
        return new Adoption(why, partsAt, era, phantoms);
    }

    /// <summary>Where the histories part. A WAL that was rewritten without a timeline of its own (a copy of the files put back) parts where the slot stands.</summary>
    private (string Why, ulong Lsn) Parting(RelayState state, SourceIdentity identity, ulong walLsn, ulong? slotLsn, ulong last)
    {
        if (state.SystemId != identity.SystemId) return ($"it is database cluster {identity.SystemId}, published was {state.SystemId}", 0);
        var parting = state.Lineage is { } lineage && lineage != identity.Lineage ? lineage.PartsAt(identity.Lineage) : ulong.MaxValue;
        if (last >= parting) return ($"its timelines are {identity.Lineage}, published was along {state.Lineage}", parting);
        if (last > walLsn) return ($"its WAL ends at {Lsn.Format(walLsn)}, published is up to {Lsn.Format(last)}", Math.Min(walLsn, slotLsn ?? walLsn));
        if (slotLsn <= last) return ($"its slot stands at {Lsn.Format(slotLsn.Value)}, below what is published", slotLsn.Value);
        throw new NothingToAdoptException(options.Source, $"its history is the one that was published up to {Lsn.Format(last)}");
    }

    private static async Task<IReadOnlyList<PhantomEvent>> MissingAsync(NpgsqlDataSource dataSource, List<PhantomEvent> candidates, CancellationToken cancellationToken)
    {
        var missing = new List<PhantomEvent>();
        foreach (var chunk in candidates.Chunk(10_000))
        {
            await using var command = dataSource.CreateCommand(NotHeld);
            command.Parameters.Add(new NpgsqlParameter { Value = chunk.Select(candidate => candidate.Id).ToArray() });
            var gone = new HashSet<Guid>();
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) gone.Add(reader.GetGuid(0));
            missing.AddRange(chunk.Where(candidate => gone.Contains(candidate.Id)));
        }

        return missing;
    }
}

/// <summary>The database is the one that was published.</summary>
public sealed class NothingToAdoptException(string source, string why) : Exception($"There is nothing to adopt for source '{source}': {why}.");
