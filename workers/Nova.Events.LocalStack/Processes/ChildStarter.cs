using System.Collections.Concurrent;
using System.Diagnostics;

namespace Nova.Events.LocalStack.Processes;

/// <summary>Starts children on one thread that lives as long as the process.</summary>
/// <remarks>
/// The kernel sends a child its parent-death signal when the <i>thread</i> that forked it ends. Thread-pool threads end when idle and would take
/// the servers with them; this thread ends only with the process, by whatever it dies.
/// </remarks>
internal static class ChildStarter
{
    private static readonly BlockingCollection<(ProcessStartInfo Start, TaskCompletionSource<Process> Started)> Requests = [];
    private static readonly Lazy<Thread> Starter = new(() =>
    {
        var thread = new Thread(StartAll) { IsBackground = true, Name = "server starter" };
        thread.Start();
        return thread;
    });

    public static Task<Process> StartAsync(ProcessStartInfo start)
    {
        _ = Starter.Value;
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Requests.Add((start, started));
        return started.Task;
    }

    private static void StartAll()
    {
        foreach (var (start, started) in Requests.GetConsumingEnumerable())
        {
            try
            {
                started.SetResult(Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start"));
            }
            catch (Exception problem) when (problem is not OutOfMemoryException)
            {
                started.SetException(problem);
            }
        }
    }
}
