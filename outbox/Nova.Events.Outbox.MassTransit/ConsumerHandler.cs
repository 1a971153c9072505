using System.Collections.Concurrent;
using System.Runtime.Serialization;
using System.Text.Json;
using MassTransit;
using MassTransit.Transports;
using Microsoft.Extensions.Logging;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Outbox.MassTransit.Consuming;

namespace Nova.Events.Outbox.MassTransit;

/// <summary>
/// Hands records to a consumer of MassTransit, through its own pipe: scope, filters, retries, definition. The consumer finds the
/// <see cref="ConsumedRecord"/> among the payloads of its context.
/// </summary>
public sealed class ConsumerHandler<TConsumer> : IRecordHandler
    where TConsumer : class, IConsumer
{
    private const int MostNamesLogged = 100;
    private readonly IReceiveEndpointDispatcher<TConsumer> _dispatcher;
    private readonly ConsumedMessages _messages;
    private readonly NovaConsumerOptions _options;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, bool> _passedOver = new(StringComparer.Ordinal);

    /// <summary>Failed attempts at the records that wait to be tried again.</summary>
    private readonly FailedAttempts _failures = new();

    internal ConsumerHandler(IReceiveEndpointDispatcher<TConsumer> dispatcher, ConsumedMessages messages, NovaConsumerOptions options, ILogger<ConsumerHandler<TConsumer>> logger)
    {
        (_dispatcher, _messages, _options, _logger) = (dispatcher, messages, options, logger);
        _dispatcher.ConnectConsumeObserver(new Delivery.Observer());
    }

    /// <summary>
    /// Handled once the consumer has ended well, and for what it does not take; poisoned what can't be read, and what it failed at too often; else tried again.
    /// </summary>
    public async ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken cancellationToken)
    {
        // MassTransit takes arrays, and its context may outlive the call.
        var owned = record.ToOwned();
        var outcome = await HandleAsync(owned, cancellationToken);
        if (outcome.Kind != OutcomeKind.RetryLater) _failures.Forget(owned);
        return outcome;
    }

    private async ValueTask<Outcome> HandleAsync(ConsumedRecord record, CancellationToken cancellationToken)
    {
        // MassTransit has no message for the end of a key.
        if (record.Value is not { } value) return Outcome.Handled;
        // Which MassTransit would take for a message without values.
        if (value.Length == 0) return Outcome.Poisoned($"{typeof(TConsumer).Name} can't read it: the value is empty.");
        string? urns = null;
        if (!IsEnvelope(record))
        {
            if (!_messages.TryFind(record, out urns)) return Outcome.Poisoned($"Headers '{MessageHeaders.MessageType}' and '{HeaderNames.EventType}' are missing.");
            if (urns is null) return PassOver(record);
        }

        return await DispatchAsync(record, value, urns, cancellationToken);
    }

    /// <summary>MassTransit's envelope carries its types in its body, and is sorted out behind the dispatcher.</summary>
    private static bool IsEnvelope(ConsumedRecord record) =>
        record.Header(MessageHeaders.ContentType)?.StartsWith("application/vnd.masstransit", StringComparison.OrdinalIgnoreCase) == true;

    private async ValueTask<Outcome> DispatchAsync(ConsumedRecord record, byte[] value, string? urns, CancellationToken cancellationToken)
    {
        var attempt = _failures.Of(record) + 1;
        var delivery = new Delivery(record);
        try
        {
            await _dispatcher.Dispatch(value, RecordHeaders.Of(record, urns, attempt), cancellationToken, record, delivery);
            return Outcome.Handled;
        }
        catch (MessageNotConsumedException)
        {
            return PassOver(record);
        }
        catch (OperationCanceledException exception) when (cancellationToken.IsCancellationRequested)
        {
            return Outcome.RetryLater("The consumer stops.", exception);
        }
        catch (Exception exception) when (!delivery.WasRead && exception is (SerializationException or JsonException))
        {
            return Outcome.Poisoned($"{typeof(TConsumer).Name} can't read it: {exception.GetType().Name}.", exception);
        }
#pragma warning disable CA1031 // What a consumer throws becomes an outcome.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Failed(record, exception);
        }
    }

    private Outcome PassOver(ConsumedRecord record)
    {
        var name = record.Header(HeaderNames.EventType) ?? "";
        if (_passedOver.Count < MostNamesLogged && _passedOver.TryAdd(name, true)) MassTransitLog.PassedOver(_logger, typeof(TConsumer).Name, name, record.Topic);
        return Outcome.Handled;
    }

    private Outcome Failed(ConsumedRecord record, Exception exception)
    {
        if (_options.IsPassing(exception)) return Outcome.RetryLater($"{typeof(TConsumer).Name} threw {exception.GetType().Name}, which passes.", exception);
        var failures = _failures.Add(record);
        var reason = $"{typeof(TConsumer).Name} threw {exception.GetType().Name}.";
        return failures < _options.MaxAttempts ? Outcome.RetryLater(reason, exception) : Outcome.Poisoned(reason, exception);
    }
}
