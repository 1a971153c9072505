namespace Nova.Events.Postgres.Wal;

/// <summary>
/// Decodes pgoutput messages (protocol 2, streaming off) and keeps the place within the transaction.
/// Source: PostgreSQL documentation, "Logical Replication Message Formats".
/// </summary>
internal sealed class WalDecoder
{
    private readonly Dictionary<uint, Relation> _relations = [];
    private uint _changes;
    private int _origin;
    private bool _inTransaction;

    public WalMessageKind Kind { get; private set; }

    public ulong CommitLsn { get; private set; }

    public ulong TransactionEndLsn { get; private set; }

    public DateTimeOffset CommittedAt { get; private set; }

    public uint ChangeIndex { get; private set; }

    public uint TransactionId { get; private set; }

    public Relation Relation { get; private set; } = new(0, "", "", ReplicaIdentity.Nothing, []);

    public TupleColumns New { get; } = new();

    public TupleColumns Old { get; } = new();

    public OldRow OldRow { get; private set; }

    public IReadOnlyList<Relation> Truncated { get; private set; } = [];

    public string Prefix { get; private set; } = "";

    public bool Transactional { get; private set; }

    public ReadOnlyMemory<byte> Content { get; private set; }

    /// <summary>Decodes one message; false for one that only describes (relation, type, origin).</summary>
    public bool Decode(byte[] buffer, int offset, int length)
    {
        _origin = offset;
        var reader = new PgOutputReader(buffer.AsSpan(offset, length));
        switch (reader.Byte())
        {
            case (byte)'B': return Begin(ref reader);
            case (byte)'C': return Commit(ref reader);
            case (byte)'I': return Change(WalMessageKind.Insert, buffer, ref reader);
            case (byte)'U': return Change(WalMessageKind.Update, buffer, ref reader);
            case (byte)'D': return Change(WalMessageKind.Delete, buffer, ref reader);
            case (byte)'T': return Truncate(ref reader);
            case (byte)'M': return LogicalMessage(buffer, ref reader);
            case (byte)'R': return Describe(ref reader);
            case (byte)'Y' or (byte)'O': return false;
            // Some servers send a stream abort although streaming is off; it concerns nothing that was delivered.
            case (byte)'A': return false;
            case var other: throw new WalProtocolException($"Unknown pgoutput message '{(char)other}'. Is another relay version's option set on this slot?");
        }
    }

    private bool Begin(ref PgOutputReader reader)
    {
        CommitLsn = reader.UInt64();
        CommittedAt = reader.Timestamp();
        TransactionId = reader.UInt32();
        _changes = 0;
        _inTransaction = true;
        Kind = WalMessageKind.Begin;
        return true;
    }

    private bool Commit(ref PgOutputReader reader)
    {
        reader.Skip(1);
        var commitLsn = reader.UInt64();
        if (commitLsn != CommitLsn || !_inTransaction)
            throw new WalProtocolException($"Commit at {Lsn.Format(commitLsn)} does not end the transaction begun for {Lsn.Format(CommitLsn)}.");
        TransactionEndLsn = reader.UInt64();
        _inTransaction = false;
        Kind = WalMessageKind.Commit;
        return true;
    }

    private bool Change(WalMessageKind kind, byte[] buffer, ref PgOutputReader reader)
    {
        Relation = Described(reader.UInt32());
        var tuple = reader.Byte();
        OldRow = tuple switch { (byte)'K' => OldRow.Identity, (byte)'O' => OldRow.Whole, _ => OldRow.Absent };
        if (OldRow != OldRow.Absent)
        {
            Old.Read(buffer, _origin, ref reader);
            if (kind == WalMessageKind.Update) tuple = reader.Byte();
        }

        if (tuple == 'N') New.Read(buffer, _origin, ref reader);
        return Counted(kind);
    }

    private bool Truncate(ref PgOutputReader reader)
    {
        var relations = new Relation[reader.Int32()];
        reader.Skip(1);
        for (var i = 0; i < relations.Length; i++) relations[i] = Described(reader.UInt32());
        Truncated = relations;
        return Counted(WalMessageKind.Truncate);
    }

    private Relation Described(uint oid) =>
        _relations.TryGetValue(oid, out var relation) ? relation : throw new WalProtocolException($"A change of relation {oid} came before its description.");

    private bool LogicalMessage(byte[] buffer, ref PgOutputReader reader)
    {
        Transactional = (reader.Byte() & 1) != 0;
        reader.Skip(8);
        Prefix = reader.Interned(Prefix);
        var length = reader.Int32();
        Content = buffer.AsMemory(_origin + reader.Offset, length);
        if (Transactional) return Counted(WalMessageKind.LogicalMessage);
        Kind = WalMessageKind.LogicalMessage;
        return true;
    }

    /// <summary>Counts every change message before any filter, so an ordinal does not depend on what is routed.</summary>
    private bool Counted(WalMessageKind kind)
    {
        if (!_inTransaction) throw new WalProtocolException("A change came outside a transaction.");
        ChangeIndex = _changes++;
        Kind = kind;
        return true;
    }

    private bool Describe(ref PgOutputReader reader)
    {
        var oid = reader.UInt32();
        var schema = reader.String();
        var name = reader.String();
        var identity = (ReplicaIdentity)reader.Byte();
        var columns = new RelationColumn[reader.Int16()];
        for (var i = 0; i < columns.Length; i++)
        {
            var isIdentity = (reader.Byte() & 1) != 0;
            columns[i] = new RelationColumn(reader.String(), reader.UInt32(), reader.Int32(), isIdentity);
        }

        _relations[oid] = new Relation(oid, schema, name, identity, columns);
        return false;
    }
}

/// <summary>The server sent what the protocol does not have at that place.</summary>
public sealed class WalProtocolException(string message) : Exception(message);
