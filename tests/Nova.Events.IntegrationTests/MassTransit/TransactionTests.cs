using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Outbox;
using Nova.Events.Outbox.MassTransit;
using Nova.Events.ShopService;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.MassTransit;

/// <summary>A service on MassTransit with plain Npgsql: its unit of work has the transaction open.</summary>
[Collection(ServersCollection.Name)]
public sealed class TransactionTests(RunningServers servers)
{
    private static readonly Guid Id = Guid.CreateVersion7();

    [Fact]
    public async Task A_commit_leaves_one_row_and_a_rollback_none()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var provider = Service(database);
        foreach (var commit in new[] { false, true })
        {
            await using var scope = provider.CreateAsyncScope();
            var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
            await work.BeginAsync();
            await scope.ServiceProvider.GetRequiredService<IPublishEndpoint>().Publish(new OrderSubmitted(Id, $"{commit}", 1));
            if (commit) await work.Transaction!.CommitAsync();
        }

        (await database.WrittenAsync("payload->>'customer'")).ShouldBe(["True"]);
    }

    [Fact]
    public async Task Without_an_open_transaction_a_message_is_refused()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var provider = Service(database);
        await using var scope = provider.CreateAsyncScope();
        var events = scope.ServiceProvider.GetRequiredService<IPublishEndpoint>();
        (await Should.ThrowAsync<InvalidOperationException>(() => events.Publish(new OrderSubmitted(Id, "early", 1)))).Message
            .ShouldBe("OrderSubmitted was published without an open transaction. Begin one first; AddNovaOutbox was told where to find it.");
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        await work.BeginAsync();
        await work.Transaction!.CommitAsync();
        await Should.ThrowAsync<InvalidOperationException>(() => events.Publish(new OrderSubmitted(Id, "late", 1)));
        (await database.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Messages_that_are_published_at_the_same_time_share_the_connection()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var provider = Service(database);
        await using var scope = provider.CreateAsyncScope();
        var (work, events) = (scope.ServiceProvider.GetRequiredService<UnitOfWork>(), scope.ServiceProvider.GetRequiredService<IPublishEndpoint>());
        await work.BeginAsync();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => events.Publish(new OrderSubmitted(Id, $"{i}", 1))));
        await work.Transaction!.CommitAsync();
        (await database.CountAsync()).ShouldBe(50);
    }

    [Fact]
    public async Task What_a_consumer_publishes_is_in_the_transaction_that_it_opened()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var provider = Service(database);
        var handler = provider.GetRequiredService<ConsumerHandler<OpeningConsumer>>();
        (await handler.HandleAsync(Records.Of("OrderBilled", $$"""{"orderId":"{{Id}}","total":-1}"""), CancellationToken.None)).Kind.ShouldBe(OutcomeKind.RetryLater);
        (await database.CountAsync()).ShouldBe(0);
        (await handler.HandleAsync(Records.Of("OrderBilled", $$"""{"orderId":"{{Id}}","total":1}"""), CancellationToken.None)).ShouldBe(Outcome.Handled);
        (await database.CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task What_the_outbox_refuses_is_refused_by_its_own_error()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var provider = Service(database);
        await using var scope = provider.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<UnitOfWork>().BeginAsync();
        var events = scope.ServiceProvider.GetRequiredService<IPublishEndpoint>();
        await Should.ThrowAsync<PayloadTooLargeException>(() => events.Publish(new OrderSubmitted(Id, new string('x', 1_000_001), 1)));
        var endpoint = await scope.ServiceProvider.GetRequiredService<ISendEndpointProvider>().GetSendEndpoint(new Uri("queue:not.a.name"));
        await Should.ThrowAsync<MessageRefusedException>(() => endpoint.Send(new OrderSubmitted(Id, "ann", 1)));
    }

    private static ServiceProvider Service(OutboxDatabase database) => new ServiceCollection()
        .AddLogging()
        .AddSingleton(database.DataSource)
        .AddScoped<UnitOfWork>()
        .AddMassTransit(x =>
        {
            x.AddConsumer<OpeningConsumer>();
            x.AddNovaOutbox(scope => scope.GetRequiredService<UnitOfWork>().Transaction, outbox => outbox.Map<OrderSubmitted>(order => order.OrderId, "order"));
            x.AddNovaConsumer<OpeningConsumer>();
            x.UsingInMemory();
        })
        .BuildServiceProvider(validateScopes: true);

    private sealed class UnitOfWork(NpgsqlDataSource database) : IAsyncDisposable
    {
        private NpgsqlConnection? _connection;

        public NpgsqlTransaction? Transaction { get; private set; }

        public async Task BeginAsync()
        {
            _connection = await database.OpenConnectionAsync();
            Transaction = await _connection.BeginTransactionAsync();
        }

        public async ValueTask DisposeAsync()
        {
            if (Transaction is not null) await Transaction.DisposeAsync();
            if (_connection is not null) await _connection.DisposeAsync();
        }
    }

    private sealed class OpeningConsumer(UnitOfWork work) : IConsumer<OrderBilled>
    {
        public async Task Consume(ConsumeContext<OrderBilled> context)
        {
            await work.BeginAsync();
            await context.Publish(new OrderSubmitted(context.Message.OrderId, "again", 1));
            if (context.Message.Total < 0) throw new InvalidOperationException("no");
            await work.Transaction!.CommitAsync();
        }
    }
}
