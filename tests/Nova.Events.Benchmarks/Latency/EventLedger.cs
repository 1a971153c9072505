using System.Buffers.Text;
using System.Diagnostics;

namespace Nova.Events.Benchmarks.Latency;

/// <summary>When each event's commit returned and when the event was received. Each event has one writer and one reader.</summary>
internal sealed class EventLedger(int events)
{
    private readonly long[] _committed = new long[events];
    private readonly long[] _received = new long[events];
    private int _count;

    public int Events => events;

    /// <summary>Events received so far, each counted once.</summary>
    public int Received => Volatile.Read(ref _count);

    /// <summary>An id of version 7 that ends in the event's number.</summary>
    public static Guid IdOf(int number) => new(0, 0, 0x7000, 0x80, 0, 0, 0, (byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number);

    /// <summary>The number in the text of an id.</summary>
    public static int NumberOf(ReadOnlySpan<byte> id) =>
        id.Length == 36 && Utf8Parser.TryParse(id[28..], out int number, out _, 'x') ? number : throw new FormatException("An event of this bench has an id of this bench.");

    public void Commit(int number) => _committed[number] = Stopwatch.GetTimestamp();

    public void Receive(int number)
    {
        if (_received[number] != 0) return;
        _received[number] = Stopwatch.GetTimestamp();
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>From the return of the commit to the receipt; an event may well arrive before its writer hears of the commit.</summary>
    public IEnumerable<TimeSpan> Latencies(int first, int count) =>
        Enumerable.Range(first, count).Select(number => Stopwatch.GetElapsedTime(Math.Min(_committed[number], _received[number]), _received[number]));

    /// <summary>Commits a second, as they were and not as they were asked for.</summary>
    public double Rate(int first, int count)
    {
        var commits = _committed.AsSpan(first, count).ToArray();
        return (count - 1) / Stopwatch.GetElapsedTime(commits.Min(), commits.Max()).TotalSeconds;
    }
}
