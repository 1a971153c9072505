namespace Nova.Events.IntegrationTests.Servers;

/// <summary>Waits for what other processes do and cannot be awaited: asks again, within a bound.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    /// <summary>The first answer that is enough, or the last one before the patience ends: the test's assertion shows what it was.</summary>
    public static async Task<T> ValueAsync<T>(Func<Task<T>> ask, Predicate<T> isEnough, TimeSpan? atMost = null)
    {
        using var patience = new CancellationTokenSource(atMost ?? Patience);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            var answer = await ask();
            if (isEnough(answer) || patience.IsCancellationRequested) return answer;
            await poll.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>As <see cref="ValueAsync"/>, of what this process knows.</summary>
    public static Task<T> LocalAsync<T>(Func<T> look, Predicate<T> isEnough, TimeSpan? atMost = null) => ValueAsync(() => Task.FromResult(look()), isEnough, atMost);
}
