using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Nova.Events.Cli.Up;

namespace Nova.Events.Cli.Commands;

/// <summary><c>nova up</c>: servers, roles and a workload on this machine, with a table of every hop, and a verdict at the end.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        var duration = new Option<TimeSpan?>("--for") { Description = "How long the workload runs (60s, 5m, 1h); then it drains and ends with a verdict. Without it: until Ctrl-C.", CustomParser = Duration };
        var input = new Option<string?>("--input") { Description = "A message file to replay: 'sender receiver unix-seconds' a line, plain or .gz. Without it: a synthetic social day." };
        var rate = new Option<double?>("--rate") { Description = "Actions a second. Default: what lets the input fit --for; 500 for the synthetic workload.", CustomParser = Rate };
        var fresh = new Option<bool>("--fresh") { Description = "Starts over: deletes the data of earlier runs." };
        var port = new Option<int>("--port") { Description = "Port of the API on 127.0.0.1; 0, the default, takes a free one." };
        var data = new Option<string?>("--data") { Description = "Folder of all data. Default: .nova in the clone." };
        var command = new Command("up", "Starts the servers and all roles here, feeds them, and shows every hop.") { duration, input, rate, fresh, port, data };
        command.SetAction((parsed, stop) => new UpRun(new UpOptions(
            parsed.GetValue(duration), parsed.GetValue(input), parsed.GetValue(rate), parsed.GetValue(fresh), parsed.GetValue(port), parsed.GetValue(data))).RunAsync(stop));
        return command;
    }

    /// <summary>A number above 0.</summary>
    internal static double? Rate(ArgumentResult result)
    {
        if (double.TryParse(result.Tokens.Single().Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) && rate > 0) return rate;
        result.AddError($"'{result.Tokens.Single().Value}' is no rate. Write a number above 0.");
        return null;
    }

    /// <summary>60s, 5m, 1h, or plain seconds; fewer than a million of them.</summary>
    internal static TimeSpan? Duration(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        var unit = text.Length == 0 ? '?' : text[^1];
        var number = text.Length == 0 || char.IsAsciiDigit(unit) ? text : text[..^1];
        if (double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is > 0 and < 1e6)
        {
            switch (unit)
            {
                case 's' or >= '0' and <= '9': return TimeSpan.FromSeconds(value);
                case 'm': return TimeSpan.FromMinutes(value);
                case 'h': return TimeSpan.FromHours(value);
            }
        }

        result.AddError($"'{text}' is no duration. Write 60s, 5m or 1h.");
        return null;
    }
}
