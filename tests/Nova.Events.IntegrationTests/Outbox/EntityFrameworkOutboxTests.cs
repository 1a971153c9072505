using Microsoft.EntityFrameworkCore;
using Nova.Events.Contracts.Social;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Outbox;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Outbox;

[Collection(ServersCollection.Name)]
public sealed class EntityFrameworkOutboxTests(RunningServers servers)
{
    [Fact]
    public async Task Data_and_event_are_committed_together_or_not_at_all()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var blog = await BlogAsync(database);
        await using (var rolledBack = await blog.Database.BeginTransactionAsync())
        {
            blog.Add(new Author { Id = 1 });
            await rolledBack.EmitAsync(new PostPublished(1, 1, "x"));
            await blog.SaveChangesAsync();
            await rolledBack.RollbackAsync();
        }

        (await database.CountAsync(), await database.ScalarAsync<long>("SELECT count(*) FROM authors")).ShouldBe((0, 0));
        blog.ChangeTracker.Clear();
        await using (var committed = await blog.Database.BeginTransactionAsync())
        {
            blog.Add(new Author { Id = 1 });
            await committed.EmitAsync(new PostPublished(1, 1, "x"));
            await blog.SaveChangesAsync();
            await committed.CommitAsync();
        }

        (await database.CountAsync(), await database.ScalarAsync<long>("SELECT count(*) FROM authors")).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Events_keep_the_order_in_which_they_were_emitted_although_EF_reorders_its_inserts()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var blog = await BlogAsync(database);
        await using var transaction = await blog.Database.BeginTransactionAsync();
        for (var i = 1; i <= 10; i++)
        {
            // The article is added first; EF inserts its author first.
            var author = new Author { Id = i };
            blog.Add(new Article { Id = i, Author = author });
            await transaction.EmitAsync(Messages.Post($"Article{i}"));
            await transaction.EmitAsync(Messages.Post($"Author{i}"));
        }

        await blog.SaveChangesAsync();
        await transaction.CommitAsync();
        (await database.WrittenAsync("type")).ShouldBe(Enumerable.Range(1, 10).SelectMany(i => new[] { $"Article{i}", $"Author{i}" }));
    }

    [Fact]
    public async Task A_large_payload_is_refused_as_with_plain_Npgsql()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var blog = await BlogAsync(database);
        await using var transaction = await blog.Database.BeginTransactionAsync();
        await Should.ThrowAsync<PayloadTooLargeException>(transaction.EmitAsync(new PostPublished(1, 1, new string('x', 1_000_000))));
    }

    private static async Task<Blog> BlogAsync(OutboxDatabase database)
    {
        await database.ExecuteAsync("CREATE TABLE authors (id integer PRIMARY KEY); CREATE TABLE articles (id integer PRIMARY KEY, author_id integer NOT NULL REFERENCES authors)");
        return new Blog(new DbContextOptionsBuilder<Blog>().UseNpgsql(database.DataSource).Options);
    }

    private sealed class Blog(DbContextOptions<Blog> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Author>().ToTable("authors").Property(author => author.Id).HasColumnName("id").ValueGeneratedNever();
            var article = modelBuilder.Entity<Article>().ToTable("articles");
            article.Property(one => one.Id).HasColumnName("id").ValueGeneratedNever();
            article.HasOne(one => one.Author).WithMany().HasForeignKey("author_id").IsRequired();
        }
    }

    private sealed class Author
    {
        public int Id { get; set; }
    }

    private sealed class Article
    {
        public int Id { get; set; }

        public Author Author { get; set; } = null!;
    }
}
