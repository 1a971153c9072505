using Nova.Events.LocalStack.Processes;

namespace Nova.Events.LocalStack;

/// <summary>The hidden sub-command <c>hold DATA [KIND...]</c>: starts servers, says where they are, and ends them when it is asked to end.</summary>
internal static class HoldCommand
{
    public const string Name = "hold";

    /// <summary>The line that follows the addresses.</summary>
    public const string Ready = "ready";

    public static async Task<int> RunAsync(string dataDirectory, IReadOnlyCollection<string> kinds)
    {
        using var stop = new StopSignal();
        using var cancel = new CancellationTokenSource();
        _ = stop.Asked.ContinueWith(_ => cancel.Cancel(), TaskScheduler.Default);
        var options = new LocalServersOptions { DataDirectory = dataDirectory };
        if (kinds.Count > 0) options = options with { Kinds = [.. kinds.Select(kind => Enum.Parse<ServerKind>(kind, ignoreCase: true))] };
        try
        {
            await using var servers = await LocalServers.StartAsync(options, new ConsoleLines(), cancel.Token);
            await Console.Out.WriteLineAsync(Ready);
            await stop.Asked;
            return 0;
        }
        catch (LocalServersException problem)
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return 69;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }

    private sealed class ConsoleLines : IProgress<ServerReport>
    {
        public void Report(ServerReport value) => Console.WriteLine($"{value.Kind} {value.Stage}: {value.Text}");
    }
}
