using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nova.Events.Inbox.Consuming;
using Nova.Events.Inbox.Storing;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming.Handling;
using Npgsql;

namespace Nova.Events.Inbox;

/// <summary>Runs a handler whose writes and whose place in the topics are of one transaction, for as long as a service runs.</summary>
public static class InboxRegistration
{
    /// <summary>
    /// Consumes with <typeparamref name="THandler"/> (one for the service, unless it is registered otherwise) into the registered
    /// <see cref="NpgsqlDataSource"/>; Kafka is reached by the registered <see cref="KafkaOptions"/>. The database has <c>nova.inbox</c>
    /// (<see cref="InboxSchema"/>); the topics and <c>{group}.dlq</c> are made elsewhere. A health check is named after the group.
    /// </summary>
    /// <exception cref="ValidationException">An option is missing or out of its range.</exception>
    public static IServiceCollection AddInboxConsumer<THandler>(this IServiceCollection services, Action<InboxConsumerOptions> configure)
        where THandler : class, IInboxHandler => services.AddInboxConsumer<THandler>(null, configure);

    /// <summary>As <see cref="AddInboxConsumer{THandler}(IServiceCollection, Action{InboxConsumerOptions})"/>, into <paramref name="dataSource"/>.</summary>
    /// <exception cref="ValidationException">An option is missing or out of its range.</exception>
    public static IServiceCollection AddInboxConsumer<THandler>(this IServiceCollection services, NpgsqlDataSource? dataSource, Action<InboxConsumerOptions> configure)
        where THandler : class, IInboxHandler
    {
        services.TryAddSingleton<THandler>();
        return services.AddConsumer(configure, provider =>
        {
            var (source, handler) = (dataSource ?? provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<THandler>());
            return cancellationToken => NpgsqlWork.OpenAsync(source, handler, cancellationToken);
        });
    }

    /// <summary>
    /// Consumes with <typeparamref name="THandler"/> (one for each transaction, unless it is registered otherwise) into the database of the registered
    /// <typeparamref name="TContext"/>, of which each transaction has one of its own.
    /// </summary>
    /// <exception cref="ValidationException">An option is missing or out of its range.</exception>
    public static IServiceCollection AddInboxConsumer<THandler, TContext>(this IServiceCollection services, Action<InboxConsumerOptions> configure)
        where THandler : class, IInboxHandler<TContext>
        where TContext : DbContext
    {
        services.TryAddScoped<THandler>();
        return services.AddConsumer(configure, provider =>
        {
            ContextWork<THandler, TContext>.Check(provider);
            return cancellationToken => ContextWork<THandler, TContext>.OpenAsync(provider, cancellationToken);
        });
    }

    private static IServiceCollection AddConsumer(this IServiceCollection services, Action<InboxConsumerOptions> configure, Func<IServiceProvider, OpenInboxWork> open)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new InboxConsumerOptions();
        configure(options);
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        return HostedConsumer.Add<InboxConsumer>(services, options.Group, options.StallTimeout, (provider, state) =>
        {
            var (kafka, inbox) = (provider.GetRequiredService<IOptions<KafkaOptions>>().Value, new PostgresInbox(open(provider), options.TransactionTimeout));
            var (logger, time) = (provider.GetRequiredService<ILogger<InboxConsumer>>(), provider.GetRequiredService<TimeProvider>());
            return stopping => new InboxConsumer(options, kafka, inbox, logger, time) { State = state }.RunAsync(stopping);
        });
    }
}
