using System.Globalization;
using Nova.Events.LocalStack.Processes;

namespace Nova.Events.Benchmarks.Measuring;

/// <summary>What a process and its children have used so far.</summary>
/// <param name="Processor">Time in user and kernel mode.</param>
/// <param name="PeakBytes">Sum of each one's largest resident memory.</param>
internal readonly record struct ProcessUsage(TimeSpan Processor, long PeakBytes)
{
    /// <summary>USER_HZ: 100 on every architecture that .NET runs on.</summary>
    public const double TicksPerSecond = 100;

    /// <summary>From /proc; zero when the process is gone.</summary>
    public static ProcessUsage OfTree(int root)
    {
        var (processor, peak) = (TimeSpan.Zero, 0L);
        foreach (var process in ProcessTable.Tree(root))
        {
            try
            {
                // The fields after the last parenthesis are the state (3rd) to utime, stime, cutime and cstime (14th to 17th).
                var stat = File.ReadAllText($"/proc/{process}/stat");
                var ticks = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
                processor += TimeSpan.FromSeconds(ticks / TicksPerSecond);
                peak += PeakOf(process);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                continue;
            }
        }

        return new ProcessUsage(processor, peak);
    }

    private static long PeakOf(int process) =>
        File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)) is { } line
            ? long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024
            : 0;
}
