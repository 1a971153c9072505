using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Nova.Events.Contracts.Records;
using Nova.Events.Contracts.Social;
using Nova.Events.Inbox;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka;
using Nova.Events.Outbox;
using Nova.Events.Outbox.Migrations;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Inbox;

/// <summary>As a service registers it: with EF Core, and with Npgsql.</summary>
[Collection(ConsumerServersCollection.Name)]
public sealed class InboxContextTests(RunningServers servers)
{
    [Fact]
    public async Task Changes_that_a_handler_leaves_in_its_context_are_saved_once_together_with_the_events_that_it_emits()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        // The whole outbox beside an inbox that was there alone.
        await new SchemaMigrator(rig.DataSource).UpAsync(OutboxSchema.Files);
        await rig.ExecuteAsync("CREATE TABLE payments (number int PRIMARY KEY, seen int NOT NULL)");
        await rig.Kafka.WriteAsync(40, _ => "k");
        using var service = Service(rig, services => services
            .AddDbContext<Payments>(context => context.UseNpgsql(rig.ConnectionString))
            .AddInboxConsumer<PaymentHandler, Payments>(consumer => Configure(rig, consumer)));
        await service.StartAsync();
        (await Eventually.ValueAsync(() => rig.NextAsync(), next => next == 40)).ShouldBe(40);
        var health = await service.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        health.Entries["consumer-" + rig.Kafka.Group].Status.ShouldBe(HealthStatus.Healthy);
        await service.StopAsync();
        // Number 7 is poison, number 11 fails once; each record saw what those before it had written.
        (await rig.ScalarAsync<int[]>("SELECT array_agg(number ORDER BY number) FROM payments")).ShouldBe(Enumerable.Range(0, 40).Except([7]));
        (await rig.ScalarAsync<int[]>("SELECT array_agg(seen ORDER BY number) FROM payments")).ShouldBe(Enumerable.Range(0, 39));
        (await rig.ScalarAsync<long>("SELECT count(*) FROM nova.outbox")).ShouldBe(39);
        (await rig.DeadLettersAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_context_that_tries_again_by_itself_is_refused_at_the_start_with_the_remedy()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        using var service = Service(rig, services => services
            .AddDbContext<Payments>(context => context.UseNpgsql(rig.ConnectionString, npgsql => npgsql.EnableRetryOnFailure()))
            .AddInboxConsumer<PaymentHandler, Payments>(consumer => Configure(rig, consumer)));
        (await Should.ThrowAsync<InvalidOperationException>(service.StartAsync())).Message.ShouldContain("register the context without it");
    }

    [Fact]
    public async Task A_service_without_EF_registers_a_handler_and_its_data_source()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(20, _ => "k");
        using var service = Service(rig, services => services.AddSingleton(rig.DataSource).AddInboxConsumer<Ledger>(consumer => Configure(rig, consumer)));
        await service.StartAsync();
        await rig.BookedAsync(20);
        await service.StopAsync();
        (await rig.NumbersAsync()).ShouldBe(Enumerable.Range(0, 20));
    }

    private static void Configure(InboxRig rig, InboxConsumerOptions consumer)
    {
        consumer.Group = rig.Kafka.Group;
        consumer.Topics.Add(rig.Kafka.Topic);
        consumer.RetryDelay = TimeSpan.FromMilliseconds(20);
    }

    private static IHost Service(InboxRig rig, Action<IServiceCollection> add)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging();
        builder.Services.Configure<KafkaOptions>(kafka => kafka.BootstrapServers = rig.Kafka.Kafka.BootstrapServers);
        add(builder.Services);
        return builder.Build();
    }

    internal sealed record Payment(int Number, int Seen);

    internal sealed class Payments(DbContextOptions<Payments> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.AddOutbox();
            modelBuilder.Entity<Payment>(payment =>
            {
                payment.ToTable("payments").HasKey(p => p.Number);
                payment.Property(p => p.Number).HasColumnName("number").ValueGeneratedNever();
                payment.Property(p => p.Seen).HasColumnName("seen");
            });
        }
    }

    internal sealed class PaymentHandler : IInboxHandler<Payments>
    {
        private static int _failed;

        public async ValueTask<Outcome> HandleAsync(RecordView record, Payments context, CancellationToken cancellationToken)
        {
            var number = int.Parse(record.Value, CultureInfo.InvariantCulture);
            context.ChangeTracker.Entries().ShouldBeEmpty();
            context.Add(new Payment(number, await context.Set<Payment>().CountAsync(cancellationToken)));
            context.Emit(new PostDeleted(number, 1));
            if (number == 7) return Outcome.Poisoned("Seven is bad.");
            if (number == 11 && Interlocked.Increment(ref _failed) == 1) throw new InvalidOperationException("not yet");
            return Outcome.Handled;
        }
    }

    internal sealed class Ledger : IInboxHandler
    {
        public async ValueTask<Outcome> HandleAsync(RecordView record, NpgsqlTransaction transaction, CancellationToken cancellationToken)
        {
            await using var book = new NpgsqlCommand("INSERT INTO ledger (number, partition) VALUES ($1, 0)", transaction.Connection, transaction);
            book.Parameters.Add(new() { Value = int.Parse(record.Value, CultureInfo.InvariantCulture) });
            await book.ExecuteNonQueryAsync(cancellationToken);
            return Outcome.Handled;
        }
    }
}
