using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Benchmarks.Servers;
using Nova.Events.Cli.Commands;
using Nova.Events.Relay.Snapshots;

namespace Nova.Events.Benchmarks.SnapshotBench;

/// <summary>The relay with a snapshot that was asked for before it starts.</summary>
internal sealed class NovaSnapshot : ISnapshotContender
{
    private static readonly string[] Ended = ["done", "failed", "cancelled"];
    private long _request;

    public IPublisher Publisher { get; } = new NovaCapture();

    public async Task PrepareAsync(BenchDatabase database, PublisherPlace place, CancellationToken cancellationToken)
    {
        await database.Slots.EnsureAsync(place.Name, cancellationToken);
        _request = await new SnapshotStore(database.DataSource).RequestAsync(CapturedTopic.Table, null, null, cancellationToken);
    }

    public async Task<bool> IsDoneAsync(BenchDatabase database, long records, CancellationToken cancellationToken)
    {
        var ended = (await new SnapshotStore(database.DataSource).ListAsync(Ended, cancellationToken)).SingleOrDefault(request => request.Id == _request);
        return ended is null ? false : ended.State == "done" ? true : throw new CommandException($"The snapshot is {ended.State}: {ended.Reason}");
    }
}
