using Microsoft.EntityFrameworkCore;
using Nova.Events.Contracts.Social;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Outbox;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Outbox;

/// <summary>4.B.1: EF sorts the inserts of a unit of work; events keep the order in which they were emitted.</summary>
[Collection(ServersCollection.Name)]
public sealed class ContextOutboxTests(RunningServers servers)
{
    [Fact]
    public async Task Over_a_thousand_events_between_other_entities_are_written_in_the_order_of_emission()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var shop = await ShopAsync(database);
        var (random, emitted, item) = (new Random(7), new List<string>(), 0);
        for (var save = 0; save < 6; save++)
        {
            // Made beforehand and emitted in another order: ids alone would not tell the order of emission.
            var made = Enumerable.Range(0, 250).Select(i => Messages.Post($"E{save}-{i}", $"{random.Next(20)}") with { AggregateType = random.Next(2) == 0 ? "post" : "like" }).ToArray();
            random.Shuffle(made);
            foreach (var message in made)
            {
                if (random.Next(3) == 0) shop.Add(new Item { Id = random.Next(1 << 20) * 2000 + item++ });
                emitted.Add(shop.Emit(message).ToString());
            }

            await shop.SaveChangesAsync();
        }

        emitted.Count.ShouldBe(1500);
        (await database.WrittenAsync("id")).ShouldBe(emitted);
    }

    [Fact]
    public async Task Data_and_events_are_saved_together_or_not_at_all()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var shop = await ShopAsync(database);
        await database.ExecuteAsync("INSERT INTO items VALUES (1)");
        var taken = shop.Add(new Item { Id = 1 });
        shop.Emit(new PostDeleted(1, 1));
        await Should.ThrowAsync<DbUpdateException>(shop.SaveChangesAsync());
        (await database.CountAsync()).ShouldBe(0);
        // The unit of work is as it was: mended and saved again, it brings the event along.
        taken.State = EntityState.Detached;
        await shop.SaveChangesAsync();
        (await database.WrittenAsync("type")).ShouldBe(["PostDeleted"]);
    }

    [Fact]
    public async Task An_open_transaction_decides_over_what_was_saved_in_it()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var shop = await ShopAsync(database);
        await using (var rolledBack = await shop.Database.BeginTransactionAsync())
        {
            shop.Emit(new PostDeleted(1, 1));
            await shop.SaveChangesAsync();
            await rolledBack.RollbackAsync();
        }

        (await database.CountAsync()).ShouldBe(0);
        await shop.SaveChangesAsync();
        (await database.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_retrying_execution_strategy_writes_them_once_and_in_order()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var shop = await ShopAsync(database, retrying: true);
        await database.ExecuteAsync("""
            CREATE SEQUENCE tries;
            CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('tries') = 1 THEN RAISE EXCEPTION 'once' USING ERRCODE = 'serialization_failure'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER fail_once BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION fail_once()
            """);
        shop.Emit(new PostDeleted(1, 1));
        shop.Add(new Item { Id = 1 });
        shop.Emit(new PostDeleted(2, 1));
        await shop.SaveChangesAsync();
        (await database.ScalarAsync<long>("SELECT last_value FROM tries")).ShouldBe(2);
        (await database.WrittenAsync("aggregateid")).ShouldBe(["1", "2"]);
    }

    [Fact]
    public async Task What_was_saved_is_not_tracked_any_more()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var shop = await ShopAsync(database);
        for (var save = 0; save < 3; save++)
        {
            shop.Add(new Item { Id = save });
            shop.Emit(new PostDeleted(save, 1));
            await shop.SaveChangesAsync(acceptAllChangesOnSuccess: save < 2);
        }

        // Two items; of the last save, which was not accepted, item and event: a retry must find them.
        shop.ChangeTracker.Entries().Count().ShouldBe(4);
        shop.ChangeTracker.AcceptAllChanges();
        await shop.SaveChangesAsync();
        shop.ChangeTracker.Entries().Count().ShouldBe(3);
        (await database.CountAsync()).ShouldBe(3);
    }

    [Fact]
    public async Task What_only_the_table_can_refuse_is_refused_by_the_same_error()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var shop = await ShopAsync(database);
        Should.Throw<MessageRefusedException>(() => shop.Emit(Messages.Post("Bad") with { Tenant = "a:b" }));
        shop.Emit(Messages.Post("Grows", payload: $"[{string.Concat(Enumerable.Repeat("1,", 200_000))}0]"));
        var refused = await Should.ThrowAsync<PayloadTooLargeException>(() => shop.SaveChangesAsync());
        refused.InnerException.ShouldBeOfType<DbUpdateException>().InnerException.ShouldBeOfType<PostgresException>();
    }

    [Fact]
    public async Task A_context_that_does_not_map_the_outbox_is_told_how()
    {
        await using var plain = new DbContext(new DbContextOptionsBuilder<DbContext>().UseNpgsql("Host=nowhere").Options);
        Should.Throw<InvalidOperationException>(() => plain.Emit(new PostDeleted(1, 1))).Message.ShouldBe("DbContext does not map the outbox. Call modelBuilder.AddOutbox() in OnModelCreating.");
    }

    private static async Task<Shop> ShopAsync(OutboxDatabase database, bool retrying = false)
    {
        await database.ExecuteAsync("CREATE TABLE items (id bigint PRIMARY KEY)");
        return new Shop(new DbContextOptionsBuilder<Shop>().UseNpgsql(database.DataSource, npgsql =>
        {
            if (retrying) npgsql.EnableRetryOnFailure();
        }).Options);
    }

    private sealed class Shop(DbContextOptions<Shop> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.AddOutbox();
            modelBuilder.Entity<Item>().ToTable("items").Property(item => item.Id).HasColumnName("id").ValueGeneratedNever();
        }
    }

    private sealed class Item
    {
        public long Id { get; set; }
    }
}
