using System.Text;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Outbox;
using Nova.Events.Outbox.MassTransit;
using Nova.Events.Outbox.Writing.EntityFramework;

namespace Nova.Events.UnitTests.MassTransit;

/// <summary>A service on MassTransit's in-memory bus, with a context whose database nobody asks: its rows are looked at before they are saved.</summary>
internal sealed class ShopService : IAsyncDisposable
{
    private readonly ServiceProvider _provider;
    private readonly AsyncServiceScope _scope;

    public ShopService(Action<NovaOutboxOptions>? outbox = null, Action<IBusRegistrationConfigurator>? bus = null, Action<IInMemoryBusFactoryConfigurator>? transport = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(Log).SetMinimumLevel(LogLevel.Information));
        services.AddSingleton<Seen>();
        services.AddDbContext<ShopContext>(options => options.UseNpgsql("Host=nowhere"));
        services.AddMassTransit(x =>
        {
            x.AddNovaOutbox<ShopContext>(outbox);
            bus?.Invoke(x);
            x.UsingInMemory((_, memory) => transport?.Invoke(memory));
        });
        _provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
        _scope = _provider.CreateAsyncScope();
    }

    public LogLines Log { get; } = new();

    public IServiceProvider Services => _provider;

    public Seen Seen => _provider.GetRequiredService<Seen>();

    public IPublishEndpoint Publisher => _scope.ServiceProvider.GetRequiredService<IPublishEndpoint>();

    public ISendEndpointProvider Sender => _scope.ServiceProvider.GetRequiredService<ISendEndpointProvider>();

    /// <summary>What the scope's unit of work would save.</summary>
    public IReadOnlyList<EmittedEvent> Rows => RowsOf(_scope.ServiceProvider);

    public static IReadOnlyList<EmittedEvent> RowsOf(IServiceProvider scope) =>
        [.. scope.GetRequiredService<ShopContext>().ChangeTracker.Entries<EmittedEvent>().Where(row => row.State == EntityState.Added).Select(row => row.Entity).OrderBy(row => row.Key)];

    /// <summary>The record that the relay makes of a row.</summary>
    public static ConsumedRecord RecordOf(EmittedEvent row)
    {
        var headers = System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>(row.Headers!)!;
        (headers[HeaderNames.Id], headers[HeaderNames.EventType]) = (row.Key.Id.ToString(), row.Type);
        return Record(row.Payload!, headers, row.AggregateId);
    }

    public static ConsumedRecord Record(string? value, Dictionary<string, string> headers, string key = "k") => new()
    {
        Topic = "outbox.event.order",
        Partition = 0,
        Offset = 7,
        Timestamp = DateTimeOffset.UnixEpoch,
        Key = Encoding.UTF8.GetBytes(key),
        Value = value is null ? null : Encoding.UTF8.GetBytes(value),
        Headers = [.. headers.Select(header => new RecordHeader(header.Key, Encoding.UTF8.GetBytes(header.Value)))],
    };

    public ConsumerHandler<TConsumer> Handler<TConsumer>()
        where TConsumer : class, IConsumer => _provider.GetRequiredService<ConsumerHandler<TConsumer>>();

    public async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync();
        await _provider.DisposeAsync();
    }

    internal sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddOutbox();
    }

    /// <summary>Lines of the log, of warnings and above.</summary>
    internal sealed class LogLines : ILoggerProvider, ILogger
    {
        public List<string> Warnings { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (Warnings) Warnings.Add(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
