using System.Diagnostics;
using System.Globalization;

namespace Nova.Events.Benchmarks.Measuring;

/// <summary>How many processors were busy with something else than the bench and what it started: a figure from a busy machine says little.</summary>
internal sealed class Strangers
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly TimeSpan _since = BusyWithStrangers();

    /// <summary>Mean since this was made; must be asked before what was measured is killed.</summary>
    public double Processors => Math.Max(0, (BusyWithStrangers() - _since) / Stopwatch.GetElapsedTime(_started));

    private static TimeSpan BusyWithStrangers()
    {
        // cpu user nice system idle iowait irq softirq steal …: all but idle and iowait is busy.
        var all = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9].Select(field => long.Parse(field, CultureInfo.InvariantCulture)).ToArray();
        var busy = all.Sum() - all[3] - all[4];
        return TimeSpan.FromSeconds(busy / ProcessUsage.TicksPerSecond) - ProcessUsage.OfTree(Environment.ProcessId).Processor;
    }
}
