using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Quartz;

namespace Nova.Events.CacheProjector.Building;

/// <summary>Stands for election and fires the builds: each at its interval, and all at once in the moment in which this process is elected.</summary>
internal sealed class BuildSchedule(
    BuilderElection election, BuildJobFactory jobs, IOptions<CacheProjectorOptions> options, TimeProvider time) : BackgroundService
{
    private static readonly JobKey HotPosts = new("hot-posts");
    private static readonly JobKey Suggestions = new("suggestions");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Before the first firing, so that it finds a builder.
        await election.StandAsync(stoppingToken);
        var scheduler = await StartAsync(stoppingToken, options.Value);
        try
        {
            using var renewals = new PeriodicTimer(options.Value.LeaseLength / 3, time);
            while (await renewals.WaitForNextTickAsync(stoppingToken))
            {
                if (!await election.StandAsync(stoppingToken)) continue;
                await scheduler.TriggerJob(HotPosts, cancellationToken: stoppingToken);
                await scheduler.TriggerJob(Suggestions, cancellationToken: stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping is how this ends.
        }
        finally
        {
            await scheduler.Shutdown(waitForJobsToComplete: false, CancellationToken.None);
            await election.ResignAsync();
        }
    }

    private async Task<IScheduler> StartAsync(CancellationToken stopping, CacheProjectorOptions settings)
    {
        var scheduler = await QuartzSchedulerBuilder.Create(quartz => quartz
            .ConfigureScheduler(scheduler => scheduler.InstanceName = $"nova-cache-projector-{Guid.CreateVersion7():n}")
            .UseJobFactory(jobs)
            .UseInMemoryStore()).BuildScheduler(stopping);
        await ScheduleAsync(scheduler, HotPosts, TimeSpan.Zero, settings.HotPostsInterval, stopping);
        await ScheduleAsync(scheduler, Suggestions, settings.SuggestionsDelay, settings.SuggestionsInterval, stopping);
        await scheduler.Start(stopping);
        return scheduler;
    }

    private async Task ScheduleAsync(IScheduler scheduler, JobKey key, TimeSpan delay, TimeSpan interval, CancellationToken stopping)
    {
        var job = JobBuilder.Create<BuildJob>().WithIdentity(key).Build();
        var trigger = TriggerBuilder.Create(time)
            .StartAt(time.GetUtcNow() + delay)
            .WithSchedule(SimpleScheduleBuilder.Create().WithInterval(interval).RepeatForever())
            .Build();
        await scheduler.ScheduleJob(job, trigger, cancellationToken: stopping);
    }
}
