using System.Threading.Channels;
using Npgsql;

namespace Nova.Events.Cli.Workload;

/// <summary>Carries out actions at a pace: those on one author in order on one connection, others side by side.</summary>
internal sealed class WorkloadRunner(NpgsqlDataSource dataSource, WorkloadCatalog catalog, HttpClient api, WorkloadProgress progress, ICollection<Guid>? acceptedIds, TimeProvider time)
{
    private const int Writers = 6;
    private const int QueueLength = 256;

    /// <summary>Runs until the actions end or <paramref name="until"/> is cancelled; then finishes what was begun.</summary>
    public async Task RunAsync(IEnumerable<SocialAction> actions, double perSecond, CancellationToken until, CancellationToken abort)
    {
        var queues = Enumerable.Range(0, Writers + 1).Select(_ => Channel.CreateBounded<SocialAction>(QueueLength)).ToArray();
        var writer = new SocialWriter(dataSource, catalog.NextCommentId);
        var work = queues.Take(Writers).Select(queue => WriteAsync(writer, queue.Reader, abort))
            .Append(new ClientEventSender(api, progress, acceptedIds, time).RunAsync(queues[Writers].Reader, abort)).ToArray();
        try
        {
            await FeedAsync(actions, perSecond, queues, until);
        }
        catch (OperationCanceledException) when (until.IsCancellationRequested)
        {
            // The time is up.
        }
        finally
        {
            foreach (var queue in queues) queue.Writer.Complete();
        }

        await Task.WhenAll(work);
    }

    private async Task FeedAsync(IEnumerable<SocialAction> actions, double perSecond, Channel<SocialAction>[] queues, CancellationToken until)
    {
        var pace = new Pace(perSecond, time);
        foreach (var action in actions)
        {
            await pace.NextAsync(until);
            var queue = action.IsClientEvent ? Writers : (int)(action.AuthorId % Writers);
            await queues[queue].Writer.WriteAsync(action, until);
        }
    }

    private async Task WriteAsync(SocialWriter writer, ChannelReader<SocialAction> actions, CancellationToken abort)
    {
        await foreach (var action in actions.ReadAllAsync(abort))
        {
            while (true)
            {
                try
                {
                    progress.Commit(await writer.ExecuteAsync(action, abort));
                    break;
                }
                catch (NpgsqlException exception) when (exception.IsTransient || exception.InnerException is IOException)
                {
                    progress.Retry();
                    await Task.Delay(TimeSpan.FromMilliseconds(200), time, abort);
                }
            }
        }
    }
}
