using System.Text;
using Microsoft.Extensions.Logging;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Relay.Routing;

namespace Nova.Events.Relay.Parking;

/// <summary>Does with a record that can't be published what its route's policy says.</summary>
internal sealed class PoisonHandler(RelayOptions options, ParkingLot lot, RelayMetrics metrics, ILogger logger)
{
    /// <summary>A record that is put together and must not be published.</summary>
    /// <exception cref="PoisonRecordException">The policy is to halt.</exception>
    public Task HandleAsync(PoisonException poison, Position position, Route route, RecordBuilder record, CancellationToken cancellationToken)
    {
        var (topic, key, value, headers) = record.ToRecord(route.Topic);
        return HandleAsync(poison, position, topic, key, route.Poison, value, headers, cancellationToken);
    }

    /// <summary>Something that makes no record: its bytes as they came.</summary>
    /// <exception cref="PoisonRecordException">The policy is to halt.</exception>
    public Task HandleAsync(PoisonException poison, Position position, byte[] content, CancellationToken cancellationToken) =>
        HandleAsync(poison, position, "", null, options.Poison, content, [], cancellationToken);

    /// <summary>A released record that can't be published where it was released either, whatever the policy is by now.</summary>
    public async Task ParkAgainAsync(PoisonException poison, Position position, ParkedRecord record, CancellationToken cancellationToken)
    {
        await lot.ParkAsync(record with { Position = new SourcePosition(options.Source, position), Reason = poison.Message, First = record.Place }, cancellationToken);
        Note(poison, position, record.Topic, record.HoldsKey ? PoisonPolicy.Park : PoisonPolicy.DeadLetter);
    }

    private async Task HandleAsync(
        PoisonException poison, Position position, string topic, byte[]? key, PoisonPolicy policy, byte[]? value, IReadOnlyList<RecordHeader> headers, CancellationToken cancellationToken)
    {
        if (policy == PoisonPolicy.Halt) throw new PoisonRecordException(position, topic, key, poison);
        await lot.ParkAsync(
            new ParkedRecord(new SourcePosition(options.Source, position), topic, key, policy == PoisonPolicy.Park, poison.Message, value, headers).Cut(), cancellationToken);
        Note(poison, position, topic, policy);
    }

    private void Note(PoisonException poison, Position position, string topic, PoisonPolicy policy)
    {
        metrics.Parked.Add(1, new KeyValuePair<string, object?>("reason", poison.Kind.ToString()));
        RelayLog.Parked(logger, options.Source, position.ToString(), topic, poison.Kind.ToString(), policy.ToString(), poison.Message);
    }
}

/// <summary>A record can't be published, and the policy is to halt in front of it.</summary>
public sealed class PoisonRecordException : Exception
{
    internal PoisonRecordException(Position position, string topic, byte[]? key, PoisonException poison)
        : base($"The record at position {position}{Of(topic, key)} can't be published: {poison.Message}. Nothing behind it is. Remove the cause, or let it be put aside: Relay:Poison, or Relay:Routes:<aggregate type>:Poison, takes Park and DeadLetter.", poison)
    {
    }

    private static string Of(string topic, byte[]? key) => topic.Length == 0 ? "" : $" (topic '{topic}', key '{Encoding.UTF8.GetString(key ?? [])}')";
}
