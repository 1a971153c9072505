using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Nova.Events.LocalStack;
using Nova.Events.Postgres;
using Npgsql;

namespace Nova.Events.Cli.Commands;

/// <summary>Runs a command and turns what it throws into one message on standard error and an exit code. No stack traces for known errors.</summary>
internal static class CommandErrors
{
    public static async Task<int> RunAsync(RootCommand command, string[] args)
    {
        var parsed = command.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await parsed.InvokeAsync();
            return ExitCodes.Usage;
        }

        using var stop = new StopSignal();
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return ExitCodes.Cancelled;
        }
        catch (Exception exception)
        {
            await Console.Error.WriteLineAsync($"nova: {Explain(exception)}");
            return exception is OptionsValidationException or ValidationException ? ExitCodes.Usage : ExitCodes.Failure;
        }
    }

    private static string Explain(Exception exception) => exception switch
    {
        OptionsValidationException options => "the configuration is wrong:\n  " + string.Join("\n  ", options.Failures),
        AggregateException { InnerException: { } inner } => Explain(inner),
        NpgsqlException npgsql => PostgresErrors.Translate(npgsql, "Host=?")?.Message ?? npgsql.Message,
        _ when IsOurs(exception) => exception.Message,
        _ => exception.ToString(),
    };

    private static bool IsOurs(Exception exception) =>
        exception is CommandException or LocalServersException
        || exception.GetType().Assembly.GetName().Name?.StartsWith("Nova.Events.", StringComparison.Ordinal) == true;
}

/// <summary>A command can't be carried out; the message names the remedy.</summary>
internal sealed class CommandException(string message) : Exception(message);
