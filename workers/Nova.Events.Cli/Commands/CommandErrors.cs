using System.CommandLine;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Nova.Events.Cli.Running;
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
            return WrongOptions(exception) is null ? ExitCodes.Failure : ExitCodes.Usage;
        }
    }

    private static string Explain(Exception exception) => exception switch
    {
        _ when WrongOptions(exception) is { } failures => "the configuration is wrong:\n  " + string.Join("\n  ", failures),
        AggregateException { InnerException: { } inner } => Explain(inner),
        NpgsqlException npgsql => PostgresErrors.Translate(npgsql, Settings.Database ?? "Host=?")?.Message ?? npgsql.Message,
        KafkaException kafka => $"Kafka failed: {kafka.Error.Reason}. Is it running, and does Kafka:BootstrapServers (NOVA_KAFKA) name it?",
        _ when IsOurs(exception) => exception.Message,
        _ => exception.ToString(),
    };

    /// <summary>What is wrong with the options, all sections together; null where the exception is about something else.</summary>
    private static IEnumerable<string>? WrongOptions(Exception exception) => exception switch
    {
        OptionsValidationException options => options.Failures,
        // More than one section is wrong: the host throws them together.
        AggregateException sections when sections.InnerExceptions.All(inner => inner is OptionsValidationException) =>
            sections.InnerExceptions.SelectMany(inner => ((OptionsValidationException)inner).Failures),
        _ => null,
    };

    private static bool IsOurs(Exception exception) =>
        exception is CommandException or LocalServersException
        || exception.GetType().Assembly.GetName().Name?.StartsWith("Nova.Events.", StringComparison.Ordinal) == true;
}

/// <summary>A command can't be carried out; the message names the remedy.</summary>
internal sealed class CommandException(string message) : Exception(message);
