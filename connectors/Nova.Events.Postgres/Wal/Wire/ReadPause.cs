using System.Runtime.InteropServices;

namespace Nova.Events.Postgres.Wal.Wire;

/// <summary>
/// Waits a moment before the next read once everything that had come is read. The server sends three small messages for a transaction of one
/// row; a reader that wakes up for each takes the processor from the very process that makes them.
/// </summary>
internal static partial class ReadPause
{
    /// <summary>250 µs: at 60,000 transactions a second some 15 transactions are read at once; at rest it is what a commit waits at most.</summary>
    private static readonly TimeSpec Length = new() { Nanoseconds = 250_000 };

    /// <summary>Blocks the calling thread. Where the system has no such short sleep it returns at once.</summary>
    public static void Wait()
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS()) _ = NanoSleep(in Length, 0);
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(in TimeSpec request, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
