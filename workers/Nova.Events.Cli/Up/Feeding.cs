using Nova.Events.Cli.Workload;
using Npgsql;

namespace Nova.Events.Cli.Up;

/// <summary>Feeds the fleet: a message file at the pace that lets it fit, or the synthetic day, until the time is up, the input ends, or a stop.</summary>
internal sealed class Feeding(UpOptions options, NpgsqlDataSource dataSource, HttpClient api, WorkloadProgress progress, ICollection<Guid>? acceptedIds, TimeProvider time)
{
    /// <summary>A line of a message file yields so many actions: the interaction, and now and then a follow and a post.</summary>
    private const double ActionsPerLine = 1.45;

    /// <summary>Returns when what was begun is finished.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var catalog = await WorkloadCatalog.LoadAsync(dataSource, stop);
        using var until = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (options.Duration is { } duration) until.CancelAfter(duration);
        // What was begun is finished, but not for ever: a server that is away must not keep the run from ending.
        using var abort = new CancellationTokenSource();
        using var bound = until.Token.Register(() => abort.CancelAfter(TimeSpan.FromSeconds(20)));
        var (actions, pace) = Actions(catalog);
        await new WorkloadRunner(dataSource, catalog, api, progress, acceptedIds, time).RunAsync(actions, pace, until.Token, abort.Token);
    }

    private (IEnumerable<SocialAction> Actions, double Pace) Actions(WorkloadCatalog catalog) =>
        options.Input is { } file
            ? (MessageReplay.Actions(file, catalog.Posts), options.PaceFor(MessageReplay.CountLines(file), ActionsPerLine))
            : (SyntheticWorkload.Actions(catalog.Posts, seed: catalog.Posts.Count), options.SyntheticPace);
}
