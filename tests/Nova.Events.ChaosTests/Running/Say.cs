using Nova.Events.LocalStack;

namespace Nova.Events.ChaosTests.Running;

/// <summary>What a run is doing, on standard error: standard output holds the result alone.</summary>
internal sealed class Say : IProgress<ServerReport>
{
    public static void Line(string text) => Console.Error.WriteLine($"· {text}");

    public void Report(ServerReport value)
    {
        if (value.Stage is not ServerStage.Stopped) Line($"{value.Kind} {value.Stage}: {value.Text}");
    }
}
