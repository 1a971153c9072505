using System.Diagnostics;
using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Benchmarks.Measuring;
using Nova.Events.Benchmarks.Servers;
using Nova.Events.Benchmarks.Wal;
using Nova.Events.LocalStack.Postgres;
using Nova.Events.LocalStack.Processes;
using Npgsql;

namespace Nova.Events.Benchmarks.RelayBench;

/// <summary>PostgreSQL's own reader, to nowhere: what the server can give to one reader that does nothing with it.</summary>
internal sealed class PgRecvLogical(BenchServers servers) : IContender
{
    private static readonly string? Program = Find();
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public string Name => "pg_recvlogical";

    public string? Missing => Program is null ? "no pg_recvlogical on PATH or beside the server's programs" : null;

    public async Task<ContenderRun> RunAsync(PreparedWal wal, CancellationToken cancellationToken)
    {
        var name = $"recv_{Guid.CreateVersion7():n}";
        await using var slot = await wal.CopySlotAsync(name, cancellationToken);
        var database = new NpgsqlConnectionStringBuilder(wal.Database.ConnectionString);
        var spec = new ProcessSpec
        {
            Program = Program!,
            // The options are the relay's own.
            Arguments =
            [
                "-h", database.Host!, "-p", $"{database.Port}", "-U", database.Username!, "-d", database.Database!, "-S", name, "--start", "-f", "/dev/null", "--endpos", wal.EndLsn,
                "-o", "proto_version=1", "-o", "publication_names=nova_outbox,nova_cdc", "-o", "messages=true",
            ],
            Folder = servers.ContenderFolder(name),
        };
        var strangers = new Strangers();
        var started = Stopwatch.GetTimestamp();
        await using var process = await ContenderProcess.StartAsync(spec, cancellationToken);
        var (used, walSender) = await ToTheEndAsync(process, slot, started, cancellationToken);
        var rate = wal.Content.Events / Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new ContenderRun(rate, rate, null, used, walSender, strangers.Processors, 0);
    }

    /// <remarks>When it has ended nobody knows any more what it used: the last look counts.</remarks>
    private async Task<(ProcessUsage Used, TimeSpan WalSender)> ToTheEndAsync(ContenderProcess process, RunSlot slot, long started, CancellationToken cancellationToken)
    {
        var (used, walSender, sender) = (default(ProcessUsage), TimeSpan.Zero, (int?)null);
        using var look = new PeriodicTimer(LookEvery);
        while (true)
        {
            await look.WaitForNextTickAsync(cancellationToken);
            var now = process.Usage;
            if (process.HasExited) return (used, walSender);
            used = now;
            sender ??= await slot.WalSenderAsync(cancellationToken);
            if (sender is { } id && ProcessUsage.OfTree(id).Processor is var processor && processor > walSender) walSender = processor;
            if (Stopwatch.GetElapsedTime(started) > Patience) throw process.Failed($"{Name} did not come to the end within {Patience.TotalMinutes:0} minutes");
        }
    }

    private static string? Find() =>
        Command.Find("pg_recvlogical") is { } onPath ? onPath
        : PostgresPrograms.Find() is { } programs && Path.Combine(programs, "pg_recvlogical") is var beside && File.Exists(beside) ? beside
        : null;
}
