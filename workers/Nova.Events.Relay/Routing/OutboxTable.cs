using Nova.Events.Postgres.Wal;

namespace Nova.Events.Relay.Routing;

/// <summary>Reads outbox messages out of rows: of the outbox, and of the event streams, which have its columns.</summary>
internal sealed class OutboxTable
{
    private Relation? _relation;
    private Columns _columns;

    /// <summary>True for the tables whose inserts are outbox messages. They are never captured.</summary>
    public static bool Holds(Relation relation) => relation is { Schema: "nova", Name: "outbox" or "stream_events" };

    /// <summary>The row that <paramref name="wal"/> stands on.</summary>
    public OutboxRow Read(WalStream wal)
    {
        if (!ReferenceEquals(_relation, wal.Relation)) (_relation, _columns) = (wal.Relation, Columns.Of(wal.Relation));
        var row = wal.New;
        return new OutboxRow
        {
            FromTable = true,
            Id = row.Text(_columns.Id),
            AggregateType = row.Text(_columns.AggregateType),
            AggregateId = row.Text(_columns.AggregateId),
            Type = row.Text(_columns.Type),
            Payload = row.Text(_columns.Payload),
            HasPayload = !row.IsNull(_columns.Payload),
            Headers = Optional(row, _columns.Headers),
            Traceparent = Optional(row, _columns.Traceparent),
            Tenant = Optional(row, _columns.Tenant),
            OccurredAt = Optional(row, _columns.OccurredAt),
            StreamVersion = Optional(row, _columns.StreamVersion),
        };
    }

    private static ReadOnlySpan<byte> Optional(TupleColumns row, int column) => column < 0 ? default : row.Text(column);

    private readonly record struct Columns(
        int Id, int AggregateType, int AggregateId, int Type, int Payload, int Headers, int Traceparent, int Tenant, int OccurredAt, int StreamVersion)
    {
        public static Columns Of(Relation relation) => new(
            Required(relation, "id"), Required(relation, "aggregatetype"), Required(relation, "aggregateid"), Required(relation, "type"), Required(relation, "payload"),
            relation.IndexOf("headers"), relation.IndexOf("traceparent"), relation.IndexOf("tenant"),
            relation.IndexOf("occurred_at"), relation.IndexOf("stream_version"));

        private static int Required(Relation relation, string column) =>
            relation.IndexOf(column) is >= 0 and var index
                ? index
                : throw new InvalidOperationException($"{relation.Schema}.{relation.Name} publishes no column '{column}'. Run 'nova schema up', and publish all columns.");
    }
}
