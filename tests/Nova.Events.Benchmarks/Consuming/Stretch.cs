using System.Diagnostics;

namespace Nova.Events.Benchmarks.Consuming;

/// <summary>From the first record of a run to its last.</summary>
internal sealed class Stretch
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly long _allocated = GC.GetTotalAllocatedBytes(precise: true);
    private readonly TimeSpan _processor = Environment.CpuUsage.TotalTime;

    public ConsumeRun End(int records)
    {
        var elapsed = Stopwatch.GetElapsedTime(_started);
        return new ConsumeRun(
            records / elapsed.TotalSeconds, (GC.GetTotalAllocatedBytes(precise: true) - _allocated) / (double)records, (Environment.CpuUsage.TotalTime - _processor) / elapsed);
    }
}
