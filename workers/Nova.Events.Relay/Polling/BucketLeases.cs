using Npgsql;

namespace Nova.Events.Relay.Polling;

/// <summary>
/// The buckets that are ours for a while, by the database's clock. They keep two relays from doing the same work; order and completeness do not hang on them.
/// </summary>
internal sealed class BucketLeases(NpgsqlDataSource dataSource, string poller, TimeSpan length, TimeProvider time)
{
    private long _askedAt;

    /// <summary>Our buckets when we last asked.</summary>
    public IReadOnlyList<short> Owned { get; private set; } = [];

    /// <summary>Buckets that were ours and, when we asked, another one's.</summary>
    public int Lost { get; private set; }

    /// <summary>True if it is time to ask again: a third of the length has passed.</summary>
    public bool IsDue => _askedAt == 0 || time.GetElapsedTime(_askedAt) >= length / 3;

    /// <summary>True if nobody else can own our buckets: counted from before we asked, on a clock that does not jump.</summary>
    public bool IsSafe => _askedAt != 0 && time.GetElapsedTime(_askedAt) < length;

    /// <summary>Renews, and takes our fair share; gives up what is above it unless messages are in flight.</summary>
    public async Task RenewAsync(bool inFlight, CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        await using var command = dataSource.CreateCommand("SELECT nova.outbox_lease($1, $2, $3)");
        foreach (var value in new object[] { poller, length, !inFlight }) command.Parameters.Add(new NpgsqlParameter { Value = value });
        var owned = (short[])(await command.ExecuteScalarAsync(cancellationToken))!;
        // Given up by us: to a share that another relay's arrival made smaller, always while the lease held.
        Lost = IsSafe ? 0 : Owned.Except(owned).Count();
        (Owned, _askedAt) = (owned, now);
    }

    /// <summary>Lets all of them go.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT nova.outbox_leave($1)");
        command.Parameters.Add(new NpgsqlParameter { Value = poller });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
