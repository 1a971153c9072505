using System.Text;

namespace Nova.Events.Postgres.Capture;

/// <summary>Where a change comes from.</summary>
/// <param name="At">When its transaction committed; of a row that was read, when that was.</param>
/// <param name="TransactionId">Its transaction.</param>
/// <param name="Lsn">Its own place in the WAL.</param>
/// <param name="LastCommitLsn">Where the transaction before it ended; null where that is unknown.</param>
/// <param name="IsSnapshot">True for a row that was read.</param>
public readonly record struct ChangeSource(DateTimeOffset At, uint TransactionId, ulong Lsn, ulong? LastCommitLsn, bool IsSnapshot = false);

/// <summary>The envelope's <c>source</c>, with Debezium's members in Debezium's order.</summary>
internal sealed class SourceBlock
{
    private readonly byte[] _start;
    private readonly byte[] _database;
    private CapturedTable? _table;
    private byte[] _names = [];

    public SourceBlock(string source, string database)
    {
        var start = new JsonBytes();
        start.Raw(",\"source\":{\"version\":"u8);
        start.String(Encoding.UTF8.GetBytes(typeof(SourceBlock).Assembly.GetName().Version!.ToString(3)));
        start.Raw(",\"connector\":\"postgresql\",\"name\":"u8);
        start.String(Encoding.UTF8.GetBytes(source));
        _start = start.Written.ToArray();
        start.Clear();
        start.Raw(",\"db\":"u8);
        start.String(Encoding.UTF8.GetBytes(database));
        start.Raw(",\"sequence\":\"["u8);
        _database = start.Written.ToArray();
    }

    public void Write(JsonBytes json, CapturedTable table, in ChangeSource change)
    {
        var microseconds = Microseconds(change.At);
        json.Raw(_start);
        json.Raw(",\"ts_ms\":"u8);
        json.Number(microseconds / 1_000);
        json.Raw(change.IsSnapshot ? ",\"snapshot\":\"incremental\""u8 : ",\"snapshot\":\"false\""u8);
        json.Raw(_database);
        WriteSequence(json, change);
        json.Raw("]\",\"ts_us\":"u8);
        json.Number(microseconds);
        json.Raw(",\"ts_ns\":"u8);
        json.Number(microseconds * 1_000);
        json.Raw(NamesOf(table));
        json.Number(change.TransactionId);
        json.Raw(",\"lsn\":"u8);
        json.Number(change.Lsn);
        json.Raw(",\"xmin\":null,\"origin\":null,\"origin_lsn\":null}"u8);
    }

    /// <summary>When the envelope was made.</summary>
    public static void WriteTimes(JsonBytes json, DateTimeOffset now)
    {
        var microseconds = Microseconds(now);
        json.Raw(",\"ts_ms\":"u8);
        json.Number(microseconds / 1_000);
        json.Raw(",\"ts_us\":"u8);
        json.Number(microseconds);
        json.Raw(",\"ts_ns\":"u8);
        json.Number(microseconds * 1_000);
    }

    /// <summary>A string that holds an array of two strings: where the last transaction ended, and the change's own place.</summary>
    private static void WriteSequence(JsonBytes json, in ChangeSource change)
    {
        if (change.LastCommitLsn is { } last)
        {
            json.Raw("\\\""u8);
            json.Number(last);
            json.Raw("\\\""u8);
        }
        else json.Raw("null"u8);
        json.Raw(",\\\""u8);
        json.Number(change.Lsn);
        json.Raw("\\\""u8);
    }

    private byte[] NamesOf(CapturedTable table)
    {
        if (ReferenceEquals(_table, table)) return _names;
        var names = new JsonBytes();
        names.Raw(",\"schema\":"u8);
        names.String(Encoding.UTF8.GetBytes(table.Relation.Schema));
        names.Raw(",\"table\":"u8);
        names.String(Encoding.UTF8.GetBytes(table.Relation.Name));
        names.Raw(",\"txId\":"u8);
        (_table, _names) = (table, names.Written.ToArray());
        return _names;
    }

    private static long Microseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
}
