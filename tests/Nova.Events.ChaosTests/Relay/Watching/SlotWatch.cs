using System.Net.Sockets;
using Npgsql;

namespace Nova.Events.ChaosTests.Relay.Watching;

/// <summary>Looks again and again which relay reads the slot.</summary>
internal sealed class SlotWatch : IAsyncDisposable
{
    private const string Sql = """
        SELECT application_name FROM pg_replication_slots JOIN pg_stat_activity ON pid = active_pid
        WHERE slot_name = $1
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly NpgsqlDataSource _dataSource;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _looking;
    private volatile string? _reader;
    private int _takeovers;

    public SlotWatch(NpgsqlDataSource dataSource)
    {
        _dataSource = dataSource;
        _looking = LookAsync(_ended.Token);
    }

    /// <summary>The relay that was seen last to read the slot; null before the first.</summary>
    public string? Reader => _reader;

    /// <summary>How often another relay than before was seen, since this was asked last.</summary>
    public int TakeTakeovers() => Interlocked.Exchange(ref _takeovers, 0);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _looking;
        _ended.Dispose();
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken)) await TryLookAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The run is over.
        }
    }

    private async Task TryLookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = _dataSource.CreateCommand(Sql);
            command.Parameters.Add(new() { Value = RelayFleet.Name });
            command.CommandTimeout = 2;
            if (await command.ExecuteScalarAsync(cancellationToken) is not string reader || reader == _reader) return;
            if (_reader is not null) Interlocked.Increment(ref _takeovers);
            _reader = reader;
        }
        catch (Exception away) when (away is NpgsqlException or SocketException or IOException or TimeoutException)
        {
            // The database is away.
        }
    }
}
