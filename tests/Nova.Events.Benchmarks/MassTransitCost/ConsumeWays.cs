using Microsoft.Extensions.DependencyInjection;
using Nova.Events.Contracts.Records;
using Nova.Events.Outbox.MassTransit;

namespace Nova.Events.Benchmarks.MassTransitCost;

/// <summary>Consuming: the same records to handlers of our own, and to a consumer behind MassTransit's dispatcher.</summary>
internal sealed class ConsumeWays(ServiceProvider services, TimeSpan slice)
{
    private readonly RecordView[] _records = [.. Enumerable.Range(0, 100).Select(static ordinal => CostRecords.New(ordinal).View())];

    public IReadOnlyList<(string Name, IRecordHandler Handler)> Handlers { get; } =
    [
        ("IRecordHandler", new NativeHandler(services, withScope: false)),
        ("IRecordHandler, a scope for each record", new NativeHandler(services, withScope: true)),
        ("IConsumer<T>", services.GetRequiredService<ConsumerHandler<CountingConsumer>>()),
    ];

    public IEnumerable<Way> All() => Handlers.Select(way => new Way("consume", way.Name, () => Cost.OfAsync(() => HandleAsync(way.Handler), slice)));

    private async Task<int> HandleAsync(IRecordHandler handler)
    {
        foreach (var record in _records)
            if (await handler.HandleAsync(record, CancellationToken.None) is { Kind: not OutcomeKind.Handled } outcome) throw new InvalidOperationException(outcome.Reason, outcome.Exception);
        return _records.Length;
    }
}
