using System.Diagnostics;

namespace Nova.Events.Benchmarks.MassTransitCost;

/// <summary>What one message took.</summary>
/// <param name="Microseconds">Time on the clock.</param>
/// <param name="Bytes">Memory that the whole process allocated.</param>
internal readonly record struct Cost(double Microseconds, double Bytes)
{
    /// <summary>Of <paramref name="messages"/> since <paramref name="started"/>, a timestamp, when <paramref name="allocated"/> bytes had been allocated.</summary>
    public static Cost Since(long started, long allocated, long messages) =>
        new(Stopwatch.GetElapsedTime(started).TotalMicroseconds / messages, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)messages);

    /// <summary>Repeats <paramref name="round"/>, which says how many messages it took, for <paramref name="length"/>.</summary>
    public static async Task<Cost> OfAsync(Func<Task<int>> round, TimeSpan length)
    {
        GC.Collect();
        var (started, allocated, messages) = (Stopwatch.GetTimestamp(), GC.GetTotalAllocatedBytes(precise: true), 0L);
        while (Stopwatch.GetElapsedTime(started) < length) messages += await round();
        return Since(started, allocated, messages);
    }
}
