using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Inbox;
using Nova.Events.Inbox.Consuming;
using Nova.Events.Inbox.Storing;
using Nova.Events.IntegrationTests.Kafka;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Outbox.Migrations;
using Npgsql;
using Shouldly;

namespace Nova.Events.IntegrationTests.Inbox;

/// <summary>A topic, a group and a database with an inbox and a ledger; consumers write into the ledger the number of each record that they handle.</summary>
internal sealed class InboxRig : IAsyncDisposable
{
    private InboxRig(HandlerRig kafka, string connectionString) =>
        (Kafka, ConnectionString, DataSource) = (kafka, connectionString, NpgsqlDataSource.Create(connectionString));

    /// <summary>The topics and who writes to them.</summary>
    public HandlerRig Kafka { get; }

    public string ConnectionString { get; }

    public NpgsqlDataSource DataSource { get; }

    /// <summary>What consumers of this process logged.</summary>
    public ConcurrentQueue<string> Lines { get; } = new();

    /// <summary>Numbers in the order in which a handler was called with them, whatever came of it.</summary>
    public ConcurrentQueue<int> Tried { get; } = new();

    public static async Task<InboxRig> StartAsync(RunningServers servers, int partitions = 1)
    {
        var rig = new InboxRig(await HandlerRig.StartAsync(servers, partitions), await servers.CreateDatabaseAsync());
        await new SchemaMigrator(rig.DataSource).UpAsync(InboxSchema.Files);
        await rig.ExecuteAsync("CREATE TABLE ledger (id bigint GENERATED ALWAYS AS IDENTITY, number int NOT NULL, partition int NOT NULL)");
        return rig;
    }

    public InboxConsumerOptions Options(Action<InboxConsumerOptions>? configure = null)
    {
        var options = new InboxConsumerOptions
        {
            Group = Kafka.Group, RetryDelay = TimeSpan.FromMilliseconds(20), MaxRetryDelay = TimeSpan.FromMilliseconds(100), SessionTimeout = TimeSpan.FromSeconds(10),
            CommitInterval = TimeSpan.FromMilliseconds(200), BatchRecords = 10, Topics = { Kafka.Topic },
        };
        configure?.Invoke(options);
        return options;
    }

    /// <summary>A consumer that runs until it is stopped; <paramref name="handle"/> decides after the record was written to the ledger.</summary>
    public HandlerRig.Member Run(
        Func<int, NpgsqlTransaction, CancellationToken, ValueTask<Outcome>>? handle = null, Action<InboxConsumerOptions>? configure = null, Func<IInboxWork, IInboxWork>? wrap = null)
    {
        var (stop, options, handler) = (new CancellationTokenSource(), Options(configure), new LedgerHandler(this, handle ?? Handled));
        async Task<IInboxWork> OpenAsync(CancellationToken cancellationToken)
        {
            var work = await NpgsqlWork.OpenAsync(DataSource, handler, cancellationToken);
            return wrap?.Invoke(work) ?? work;
        }

        var consumer = new InboxConsumer(options, Kafka.Kafka, new PostgresInbox(OpenAsync, options.TransactionTimeout), new NotedLog(Lines), TimeProvider.System);
        return new HandlerRig.Member(consumer.RunAsync(stop.Token), stop);
    }

    public HandlerRig.Member Run(Func<int, Outcome> handle, Action<InboxConsumerOptions>? configure = null) =>
        Run((number, _, _) => ValueTask.FromResult(handle(number)), configure);

    /// <summary>Waits until the ledger has as many entries; fails with a consumer that fails.</summary>
    public async Task BookedAsync(int count, params HandlerRig.Member[] members)
    {
        await Eventually.ValueAsync(CountAsync, booked => booked >= count || members.Any(member => member.Running.IsFaulted));
        foreach (var member in members.Where(member => member.Running.IsFaulted)) await member.Running;
        (await CountAsync()).ShouldBeGreaterThanOrEqualTo(count, string.Join('\n', Lines.TakeLast(20)));
    }

    public Task<long> CountAsync() => ScalarAsync<long>("SELECT count(*) FROM ledger");

    /// <summary>Numbers in the order in which they were booked.</summary>
    public async Task<int[]> NumbersAsync() => await ScalarAsync<int[]>("SELECT coalesce(array_agg(number ORDER BY id), '{}') FROM ledger");

    /// <summary>Where the group is in a partition, by its inbox.</summary>
    public Task<long> NextAsync(string? topic = null, int partition = 0) =>
        ScalarAsync<long>($"SELECT coalesce(max(next_offset), -1) FROM nova.inbox WHERE consumer_group = '{Kafka.Group}' AND topic = '{topic ?? Kafka.Topic}' AND partition = {partition}");

    public Task<string> LineAsync(string part) => Eventually.LocalAsync(() => Lines.FirstOrDefault(line => line.Contains(part, StringComparison.Ordinal)) ?? "", line => line.Length > 0);

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Dead letters of partition 0.</summary>
    public async Task<List<ConsumedRecord>> DeadLettersAsync()
    {
        var (reader, letters) = (new TopicReader(Kafka.Kafka), new List<ConsumedRecord>());
        foreach (var partition in await reader.SnapshotAsync(topic => topic == Topics.DeadLetters(Kafka.Group), CancellationToken.None))
            await foreach (var letter in reader.ReadAsync(partition, CancellationToken.None)) letters.Add(letter);
        return letters;
    }

    /// <summary>A record of a number, with further headers.</summary>
    public static Message<byte[], byte[]> Message(int number, params (string Name, string Value)[] headers)
    {
        var message = new Message<byte[], byte[]> { Key = "k"u8.ToArray(), Value = Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)), Headers = [] };
        foreach (var (name, value) in headers) message.Headers.Add(name, Encoding.UTF8.GetBytes(value));
        return message;
    }

    public async ValueTask DisposeAsync()
    {
        Kafka.Dispose();
        await DataSource.DisposeAsync();
    }

    private static ValueTask<Outcome> Handled(int number, NpgsqlTransaction transaction, CancellationToken cancellationToken) => ValueTask.FromResult(Outcome.Handled);

    private sealed class LedgerHandler(InboxRig rig, Func<int, NpgsqlTransaction, CancellationToken, ValueTask<Outcome>> handle) : IInboxHandler
    {
        public async ValueTask<Outcome> HandleAsync(RecordView record, NpgsqlTransaction transaction, CancellationToken cancellationToken)
        {
            var number = int.Parse(record.Value, CultureInfo.InvariantCulture);
            rig.Tried.Enqueue(number);
            await using (var book = new NpgsqlCommand("INSERT INTO ledger (number, partition) VALUES ($1, $2)", transaction.Connection, transaction))
            {
                book.Parameters.Add(new() { Value = number });
                book.Parameters.Add(new() { Value = record.Partition });
                await book.ExecuteNonQueryAsync(cancellationToken);
            }

            return await handle(number, transaction, cancellationToken);
        }
    }

    private sealed class NotedLog(ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel} {formatter(state, exception)}");
    }
}
