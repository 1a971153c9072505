using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Benchmarks.MassTransitCost;

/// <summary>What a team writes without MassTransit: type, JSON, call; with a scope for each record, or without.</summary>
internal sealed class NativeHandler(IServiceProvider services, bool withScope) : IRecordHandler
{
    private readonly Calls _calls = services.GetRequiredService<Calls>();

    public ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken cancellationToken)
    {
        if (record.Header(HeaderNames.EventType) != nameof(OrderSubmitted)) return ValueTask.FromResult(Outcome.Handled);
        var order = JsonSerializer.Deserialize<OrderSubmitted>(record.Value, JsonSerializerOptions.Web)!;
        if (withScope)
        {
            using var scope = services.CreateScope();
            scope.ServiceProvider.GetRequiredService<ScopedCalls>().Add(order);
        }
        else
        {
            _calls.Add(order);
        }

        return ValueTask.FromResult(Outcome.Handled);
    }
}
