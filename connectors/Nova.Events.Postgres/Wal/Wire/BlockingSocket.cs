using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Nova.Events.Postgres.Wal.Wire;

/// <summary>
/// Takes a socket away from the runtime's event loop and makes its reads block in the kernel. While a socket is in that loop, two threads of the
/// runtime wake up for every packet, whether or not anybody waits for it; here that is three times a transaction. Linux only.
/// </summary>
internal static partial class BlockingSocket
{
    private const string EventLoop = "anon_inode:[eventpoll]";
    private const int Delete = 2;
    private const int GetFlags = 3;
    private const int SetFlags = 4;
    private const int NonBlocking = 0x800;

    /// <summary>A stream of its own over the same connection; false where it can't be had. <paramref name="socket"/> keeps the handle, and must not be read any more.</summary>
    public static bool TryDetach(Socket socket, out NetworkStream? stream)
    {
        stream = null;
        if (!OperatingSystem.IsLinux()) return false;
        var handle = (int)socket.SafeHandle.DangerousGetHandle();
        foreach (var loop in EventLoops()) _ = Control(loop, Delete, handle, 0);
        if (Flags(handle, GetFlags, 0) is var flags && (flags < 0 || Flags(handle, SetFlags, flags & ~NonBlocking) < 0)) return false;
        stream = new NetworkStream(new Socket(new SafeSocketHandle(handle, ownsHandle: false)), ownsSocket: false);
        return true;
    }

    /// <summary>The process's event loops; the socket is in one of them, and the others do not know it.</summary>
    private static IEnumerable<int> EventLoops() =>
        from link in Directory.EnumerateFiles("/proc/self/fd")
        where new FileInfo(link).LinkTarget == EventLoop
        select int.Parse(Path.GetFileName(link), System.Globalization.CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "epoll_ctl")]
    private static partial int Control(int loop, int operation, int handle, nint unused);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Flags(int handle, int command, int flags);
}
