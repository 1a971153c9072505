using System.CommandLine;
using Nova.Events.Cli.Commands;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Cli;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("60s", 60)]
    [InlineData("45", 45)]
    [InlineData("5m", 300)]
    [InlineData("1h", 3_600)]
    [InlineData("1.5m", 90)]
    public void A_duration_is_a_number_and_a_unit(string text, int seconds)
    {
        var parsed = UpCommand.Create().Parse(["--for", text]);
        parsed.Errors.ShouldBeEmpty();
        parsed.GetValue<TimeSpan?>("--for").ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("1d")]
    [InlineData("0s")]
    [InlineData("s")]
    [InlineData("")]
    [InlineData("99999999999999h")]
    public void Anything_else_is_no_duration(string text) =>
        UpCommand.Create().Parse(["--for", text]).Errors.ShouldContain(error => error.Message == $"'{text}' is no duration. Write 60s, 5m or 1h.");

    [Theory]
    [InlineData("run", "sink")]
    [InlineData("run")]
    [InlineData("fly")]
    [InlineData("up", "--rate", "0")]
    [InlineData("up", "--rate", "fast")]
    [InlineData("up", "--for", "soon")]
    [InlineData("simulate", "--rate", "0")]
    public async Task A_wrong_command_line_ends_with_code_2(params string[] line) =>
        (await CommandErrors.RunAsync([UpCommand.Create(), RunCommand.Create(), SimulateCommand.Create()], line)).ShouldBe(ExitCodes.Usage);

    [Fact]
    public async Task Exit_codes_are_what_the_documentation_says()
    {
        (ExitCodes.Success, ExitCodes.Failure, ExitCodes.Usage, ExitCodes.Verdict, ExitCodes.Cancelled).ShouldBe((0, 1, 2, 3, 130));
        (await CommandErrors.RunAsync(Throwing(new CommandException("It can't be done. Do that.")), ["try"])).ShouldBe(ExitCodes.Failure);
        (await CommandErrors.RunAsync(Throwing(new InvalidOperationException()), ["try"])).ShouldBe(ExitCodes.Failure);
        (await CommandErrors.RunAsync(Throwing(null), ["try"])).ShouldBe(ExitCodes.Success);
    }

    private static RootCommand Throwing(Exception? exception)
    {
        var command = new Command("try");
        command.SetAction((_, _) => exception is null ? Task.FromResult(ExitCodes.Success) : Task.FromException<int>(exception));
        return [command];
    }
}
