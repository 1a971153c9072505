using Nova.Events.Kafka;
using Nova.Events.Kafka.Topology;
using Nova.Events.Postgres;
using Nova.Events.Postgres.Capture;
using Nova.Events.Postgres.Slots;
using Nova.Events.Relay.Parking;
using Nova.Events.Relay.Sessions;
using Nova.Events.Relay.Snapshots;
using Npgsql;

namespace Nova.Events.Relay.Recovery;

/// <summary>What came of it.</summary>
/// <param name="StartLsn">Where the new slot begins.</param>
/// <param name="Retained">Messages that the database held from the time in question.</param>
/// <param name="Published">Those of them that Kafka did not have, and has now.</param>
/// <param name="InCommitOrder">True if they were published in the order of their commits, false if in that of their insertion.</param>
/// <param name="Since">The time from which on they were looked at.</param>
/// <param name="Snapshots">Captured tables that the relay will read anew.</param>
internal sealed record RecreatedSlot(ulong StartLsn, long Retained, long Published, bool InCommitOrder, DateTimeOffset Since, IReadOnlyList<string> Snapshots);

/// <summary>
/// Makes a slot in place of one that is lost, and publishes those outbox messages that the lost one did not deliver: what the new slot's own
/// snapshot shows and Kafka does not hold. A relay refuses the new slot until the last step is done, so a run that dies is repeated.
/// </summary>
internal sealed class SlotRecreation(RelayOptions options, KafkaOptions kafka, TopicOptions topics, TimeProvider time)
{
    private static readonly DateTimeOffset Ever = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="margin">How long before the last confirmation a message may have been written that was not published: longer than any transaction.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SlotInUseException">A relay reads the slot.</exception>
    /// <exception cref="InvalidOperationException">The slot is another database's.</exception>
    /// <exception cref="SlotHealthyException">The slot covers all that is not published.</exception>
    /// <exception cref="SourceRewoundException">The database is another one, or lost commits: 'nova relay adopt' comes first.</exception>
    public async Task<RecreatedSlot> RunAsync(TimeSpan margin, CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(options.ConnectionString);
        using var store = new RelayStateStore(kafka, options.Source);
        await new TopicSetup(kafka, topics).EnsureAsync([.. SessionStart.OwnTopics], cancellationToken);
        var state = await store.ReadAsync(cancellationToken);
        var checkedState = await CheckAsync(dataSource, state, cancellationToken);
        var slots = new ReplicationSlots(dataSource);
        if (await slots.FindAsync(options.Slot, cancellationToken) is { } slot)
        {
            if (slot.State != SlotState.Lost && (state is null || slot.ConfirmedLsn <= state.ConfirmedLsn)) throw new SlotHealthyException(slot);
            await slots.DropAsync(options.Slot, cancellationToken);
        }

        using var made = await NewSlot.CreateAsync(options.ConnectionString, options.Slot, cancellationToken);
        var since = state?.ConfirmedAt is { } confirmedAt ? confirmedAt - margin : Ever;
        var report = await PublishAsync(dataSource, made, checkedState.Era, since, cancellationToken);
        // Of captured tables the rows that are there can be told again; those that were deleted meanwhile can't.
        var captured = await new Publication(dataSource, options.Capture.Publication).TablesAsync(cancellationToken);
        if (captured.Count > 0) await new SnapshotStore(dataSource).RequestAllAsync(captured, cancellationToken);
        await store.WriteAsync(checkedState with { ConfirmedLsn = made.StartLsn, ConfirmedAt = time.GetUtcNow() }, cancellationToken);
        return report with { Snapshots = captured };
    }

    /// <summary>The new slot's start is what this is about: all else must be as before. Positions below what is published would be taken for repeats.</summary>
    private async Task<RelayState> CheckAsync(NpgsqlDataSource dataSource, RelayState? state, CancellationToken cancellationToken)
    {
        var identity = await SourceIdentity.ReadAsync(options.ConnectionString, cancellationToken);
        var tails = await new PublishedEvents(kafka, options).TailsAsync(cancellationToken);
        return SourceCheck.Check(options.Source, state, identity, slotLsn: 0, await Lsn.CurrentAsync(dataSource, cancellationToken), tails);
    }

    private async Task<RecreatedSlot> PublishAsync(NpgsqlDataSource dataSource, NewSlot made, ushort era, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var retained = new RetainedEvents(connection);
        await retained.BeginAsync(made.Snapshot, cancellationToken);
        var published = await new PublishedEvents(kafka, options).IdsAsync(since == Ever ? null : since, cancellationToken);
        using var lot = await ParkingLot.ReadAsync(kafka, options.Source, cancellationToken);
        using var publisher = new RecoveryPublisher(options, kafka, topics, lot, era, made.StartLsn);
        var seen = 0L;
        await foreach (var message in retained.ReadAsync(since, cancellationToken))
        {
            seen++;
            if (!published.Contains(message.Id)) await publisher.PublishAsync(message, cancellationToken);
        }

        await publisher.CompleteAsync(cancellationToken);
        return new RecreatedSlot(made.StartLsn, seen, publisher.Count, retained.InCommitOrder, since, []);
    }
}

/// <summary>There is nothing to recreate.</summary>
public sealed class SlotHealthyException(SlotStatus slot)
    : Exception($"Replication slot '{slot.Name}' is {slot.State.ToString().ToLowerInvariant()} and covers all that is not published: there is nothing to recreate. {slot.Remedy}.");
