using System.Runtime.InteropServices;

namespace Nova.Events.Postgres.Wal.Wire;

/// <summary>
/// Waits a moment before the next read once everything that had come is read. The server sends three small messages for a transaction of one
/// row; a reader that wakes up for each takes the processor from the very process that makes them. The more comes, the longer the pause: at rest
/// it is what a commit waits at most, under load the server's messages gather, and go through the network stack together.
/// </summary>
internal sealed partial class ReadPause
{
    private const int Shortest = 200_000;
    private const int Longest = 5_000_000;

    /// <summary>4 MB a second, some 15,000 small transactions: above it the pauses double, below it they halve.</summary>
    private const double MuchPerNanosecond = 0.004;

    private int _nanoseconds = Shortest;
    private int _bytes;

    /// <summary>Notes what a read has brought.</summary>
    public void Received(int bytes) => _bytes += bytes;

    /// <summary>Blocks the calling thread. Where the system has no such short sleep it returns at once.</summary>
    public void Wait()
    {
        _nanoseconds = Math.Clamp(_bytes > _nanoseconds * MuchPerNanosecond ? _nanoseconds * 2 : _nanoseconds / 2, Shortest, Longest);
        _bytes = 0;
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS()) _ = NanoSleep(new TimeSpec { Nanoseconds = _nanoseconds }, 0);
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
