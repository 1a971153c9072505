using Nova.Events.Postgres.Slots;

namespace Nova.Events.Benchmarks.Servers;

/// <summary>A replication slot of one contender's run; disposing drops it.</summary>
internal sealed class RunSlot : IAsyncDisposable
{
    private const int MaxAttempts = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly ReplicationSlots _slots;

    private RunSlot(ReplicationSlots slots, string name) => (_slots, Name) = (slots, name);

    public string Name { get; }

    /// <summary>A slot that begins now.</summary>
    public static async Task<RunSlot> CreateAsync(BenchDatabase database, string name, CancellationToken cancellationToken)
    {
        await database.Slots.EnsureAsync(name, cancellationToken);
        return new RunSlot(database.Slots, name);
    }

    /// <summary>A slot that somebody else makes under this name, or has made.</summary>
    public static RunSlot Of(BenchDatabase database, string name) => new(database.Slots, name);

    /// <summary>A slot that begins where <paramref name="original"/> stands.</summary>
    public static async Task<RunSlot> CopyAsync(BenchDatabase database, string original, string name, CancellationToken cancellationToken)
    {
        await using var copy = database.DataSource.CreateCommand("SELECT pg_copy_logical_replication_slot($1, $2)");
        copy.Parameters.Add(new() { Value = original });
        copy.Parameters.Add(new() { Value = name });
        await copy.ExecuteNonQueryAsync(cancellationToken);
        return new RunSlot(database.Slots, name);
    }

    /// <summary>Process id of the walsender that reads it; null while nobody does.</summary>
    public async Task<int?> WalSenderAsync(CancellationToken cancellationToken) => (await _slots.FindAsync(Name, cancellationToken))?.ActivePid;

    /// <remarks>The server notices only after a moment that a killed reader is gone.</remarks>
    public async ValueTask DisposeAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await _slots.DropAsync(Name, CancellationToken.None);
                return;
            }
            catch (SlotInUseException) when (attempt < MaxAttempts)
            {
                await Task.Delay(Pause);
            }
        }
    }
}
