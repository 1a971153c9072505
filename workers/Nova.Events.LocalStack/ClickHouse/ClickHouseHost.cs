using System.Runtime.InteropServices;
using Nova.Events.LocalStack.Processes;

namespace Nova.Events.LocalStack.ClickHouse;

/// <summary>
/// The hidden sub-command that hosts ClickHouse's library as a server: <c>clickhouse-host LIBRARY DATA HTTP_PORT TCP_PORT CONFIGURATION</c>.
/// </summary>
/// <remarks>
/// The library runs one query and returns. The query starts the library's own listeners and then sleeps; while it runs, this is a server.
/// </remarks>
internal static class ClickHouseHost
{
    public const string Command = "clickhouse-host";
    private const int StackBytes = 8 * 1024 * 1024;
    private const string Serve =
        "SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; SELECT sleepEachRow(0.2) FROM numbers(1000000000) "
        + "SETTINGS max_block_size=1, function_sleep_max_microseconds_per_block=0 FORMAT Null";

    public static async Task<int> RunAsync(string library, string data, string httpPort, string tcpPort, string configuration)
    {
        using var stop = new StopSignal();
        var loaded = NativeLibrary.Load(library);
        // Its handlers would take over the runtime's, and the runtime's null checks would end the process.
        Function<SetSignalHandlers>(loaded, "chdb_set_signal_handlers_enabled")(0);
        var query = Function<Query>(loaded, "query_stable_v2");
        string[] arguments = ["clickhouse", "--path", data, "--config-file", configuration, "--listen_host", "127.0.0.1", "--http_port", httpPort, "--tcp_port", tcpPort, "--log-level", "error", "--query", Serve];

        var returned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Run(query, arguments, returned), StackBytes) { Name = "clickhouse", IsBackground = true }.Start();
        if (await Task.WhenAny(returned.Task, stop.Asked) == returned.Task)
        {
            await Console.Error.WriteLineAsync("ClickHouse returned without being asked to: another one on the same data, or a taken port");
            return 70;
        }
        await EndQueryAsync(httpPort);
        await returned.Task;
        return 0;
    }

    private static void Run(Query query, string[] arguments, TaskCompletionSource returned)
    {
        query(arguments.Length, [.. arguments.Select(Marshal.StringToCoTaskMemUTF8)]);
        returned.SetResult();
    }

    private static async Task EndQueryAsync(string httpPort)
    {
        using var client = new HttpClient();
        using var kill = new StringContent("KILL QUERY WHERE query LIKE 'SELECT sleepEachRow%' ASYNC");
        using var answer = await client.PostAsync(new Uri($"http://127.0.0.1:{httpPort}/"), kill);
        answer.EnsureSuccessStatusCode();
    }

    private static T Function<T>(nint library, string name) where T : Delegate =>
        Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(library, name));

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void SetSignalHandlers(int enabled);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint Query(int count, nint[] arguments);
}
