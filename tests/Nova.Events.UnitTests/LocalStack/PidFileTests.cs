using System.Diagnostics;
using Nova.Events.LocalStack.Processes;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.LocalStack;

public sealed class PidFileTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task A_process_that_still_runs_is_a_left_over_until_it_ends()
    {
        using var child = Process.Start("sleep", "60");
        PidFile.Write(_file, child.Id);
        PidFile.LeftOver(_file).ShouldBe(child.Id);
        child.Kill();
        await child.WaitForExitAsync();
        PidFile.LeftOver(_file).ShouldBeNull();
    }

    [Fact]
    public void A_stranger_with_the_same_id_is_left_alone()
    {
        PidFile.Write(_file, Environment.ProcessId);
        var fields = File.ReadAllText(_file).Split(' ');
        File.WriteAllText(_file, $"{fields[0]} 1 {fields[2]}");
        PidFile.LeftOver(_file).ShouldBeNull();
    }
}
