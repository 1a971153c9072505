using System.Globalization;
using System.Text;
using Nova.Events.Benchmarks.Latency;
using Nova.Events.ClickHouse;

namespace Nova.Events.Benchmarks.Freshness;

/// <summary>Asks the table again and again for rows that it did not have before, as a dashboard does that is never content.</summary>
internal sealed class VisibleRows(ClickHouseClient client, EventLedger ledger)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);
    private readonly long[] _seen = [-1, -1, -1];

    /// <summary>Until all events are there, or it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var look = new PeriodicTimer(LookEvery);
        while (ledger.Received < ledger.Events)
        {
            await look.WaitForNextTickAsync(cancellationToken);
            await LookAsync(cancellationToken);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var newer = string.Join(" OR ", _seen.Select((offset, partition) => string.Create(CultureInfo.InvariantCulture, $"(_partition = {partition} AND _offset > {offset})")));
        var rows = await client.QueryAsync(
            $"SELECT toString(event_id) AS id, _partition, _offset FROM outbox_events WHERE {newer}",
            static row => (Id: row.GetProperty("id").GetString()!, Partition: row.GetProperty("_partition").GetInt32(), Offset: row.GetProperty("_offset").GetInt64()),
            parameters: null,
            cancellationToken);
        // All of them were visible when the answer was made; that it takes time to read it is not their delay, but it is counted.
        foreach (var (id, partition, offset) in rows)
        {
            ledger.Receive(EventLedger.NumberOf(Encoding.ASCII.GetBytes(id)));
            _seen[partition] = Math.Max(_seen[partition], offset);
        }
    }
}
