using Nova.Events.Postgres.Slots;

namespace Nova.Events.Benchmarks.Wal;

/// <summary>A replication slot of one contender's run.</summary>
internal sealed class SlotCopy(ReplicationSlots slots, string name) : IAsyncDisposable
{
    private const int MaxAttempts = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public string Name => name;

    /// <summary>Process id of the walsender that reads it; null while nobody does.</summary>
    public async Task<int?> WalSenderAsync(CancellationToken cancellationToken) => (await slots.FindAsync(name, cancellationToken))?.ActivePid;

    /// <remarks>The server notices only after a moment that a killed reader is gone.</remarks>
    public async ValueTask DisposeAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await slots.DropAsync(name, CancellationToken.None);
                return;
            }
            catch (SlotInUseException) when (attempt < MaxAttempts)
            {
                await Task.Delay(Pause);
            }
        }
    }
}
