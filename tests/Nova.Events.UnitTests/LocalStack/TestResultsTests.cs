using System.Diagnostics;
using Nova.Events.LocalStack;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.LocalStack;

/// <summary>The closing line of <c>./nova test</c>.</summary>
public sealed class TestResultsTests : IDisposable
{
    private readonly string _trx = Path.GetTempFileName();

    public void Dispose() => File.Delete(_trx);

    [Fact]
    public async Task Passed_failed_and_skipped_tests_are_counted_and_the_latter_two_named()
    {
        await File.WriteAllTextAsync(_trx, """
            <TestRun><Results>
            <UnitTestResult executionId="1" testName="Order.Is_kept(text: &quot;outcome&quot;)" outcome="Passed" /><UnitTestResult testName="B" outcome="Passed"><Output/></UnitTestResult>
            <UnitTestResult testName="Nothing_is_lost" outcome="Failed"><Output/></UnitTestResult>
            <UnitTestResult testName="Needs_Docker" outcome="NotExecuted" />
            </Results></TestRun>
            """);
        var (code, lines) = await CloseAsync("");
        lines.ShouldBe(["failed: Nothing_is_lost", "skipped: Needs_Docker", "2 passed, 1 failed, 1 skipped"]);
        code.ShouldBe(1);
    }

    [Fact]
    public async Task A_project_that_gave_no_results_is_a_failure()
    {
        await File.WriteAllTextAsync(_trx, "<UnitTestResult testName=\"A\" outcome=\"Passed\" />");
        var (code, lines) = await CloseAsync("Nova.Events.UnitTests gave no results\n");
        lines.ShouldBe(["broken: Nova.Events.UnitTests gave no results", "1 passed, 1 failed, 0 skipped"]);
        code.ShouldBe(1);
    }

    [Fact]
    public async Task All_passed_is_success()
    {
        await File.WriteAllTextAsync(_trx, "<UnitTestResult testName=\"A\" outcome=\"Passed\" />");
        (await CloseAsync("")).Code.ShouldBe(0);
    }

    private async Task<(int Code, string[] Lines)> CloseAsync(string broken)
    {
        var script = Path.Combine(Clone.Root!, "workers/Nova.Events.LocalStack/packages/results.awk");
        using var awk = Process.Start(new ProcessStartInfo("awk", ["-f", script, "-v", $"trx={_trx}"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await awk.StandardInput.WriteAsync(broken);
        awk.StandardInput.Close();
        var output = await awk.StandardOutput.ReadToEndAsync();
        await awk.WaitForExitAsync();
        return (awk.ExitCode, output.TrimEnd('\n').Split('\n'));
    }
}
