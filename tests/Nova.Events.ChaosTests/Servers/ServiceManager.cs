using Nova.Events.ChaosTests.Running;
using Nova.Events.LocalStack;

namespace Nova.Events.ChaosTests.Servers;

/// <summary>
/// Starts a server again that ends by itself. ClickHouse may: where a client is gone while it is told of an exception, an error in sending that
/// (clickhouse#72795) ends the process.
/// </summary>
internal sealed class ServiceManager : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(300);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;

    public ServiceManager(ChaosServers servers, ServerKind kind) => _watching = WatchAsync(servers, kind);

    /// <summary>How often it was started again.</summary>
    public int Restarts { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync(ChaosServers servers, ServerKind kind)
    {
        using var look = new PeriodicTimer(LookEvery);
        try
        {
            while (await look.WaitForNextTickAsync(_stop.Token))
            {
                if (!await servers.ReviveAsync(kind)) continue;
                Restarts++;
                Say.Line($"{kind} ended by itself and was started again");
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The run is over.
        }
    }
}
