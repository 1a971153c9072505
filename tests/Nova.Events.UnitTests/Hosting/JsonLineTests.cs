using System.Text.Json;
using Microsoft.Extensions.Logging;
using Nova.Events.Hosting.Logging;
using Serilog.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Hosting;

public sealed class JsonLineTests
{
    [Fact]
    public void A_line_is_one_flat_object_with_time_level_category_event_message_and_the_values()
    {
        var line = Write(logger => LineLog.Done(logger, "topic-1", 3, "Handled", 1.23456));
        line.EnumerateObject().ShouldAllBe(property => property.Value.ValueKind != JsonValueKind.Object && property.Value.ValueKind != JsonValueKind.Array);
        line.EnumerateObject().Select(property => property.Name).ShouldBe(
            ["time", "level", "topic_name", "partition", "outcome", "elapsed_ms", "event", "category", "message"], ignoreOrder: true);
        line.GetProperty("time").GetDateTime().Kind.ShouldBe(DateTimeKind.Utc);
        line.GetProperty("level").GetString().ShouldBe("info");
        line.GetProperty("category").GetString().ShouldBe("Nova.Events.Line");
        line.GetProperty("event").GetInt32().ShouldBe(9000);
        line.GetProperty("partition").GetInt32().ShouldBe(3);
        line.GetProperty("elapsed_ms").GetDouble().ShouldBe(1.235);
        line.GetProperty("outcome").GetString().ShouldBe("Handled");
        line.GetProperty("message").GetString().ShouldBe("batch of topic-1:3, outcome=Handled elapsed_ms=1.23456");
    }

    [Fact]
    public void Line_breaks_quotes_and_nulls_do_not_break_a_line()
    {
        var line = Write(logger => LineLog.Failed(logger, new InvalidOperationException("first\nsecond"), null, "a \"quoted\"\nö", double.NaN));
        line.GetProperty("id").ValueKind.ShouldBe(JsonValueKind.Null);
        line.GetProperty("reason").GetString().ShouldBe("a \"quoted\"\nö");
        line.GetProperty("level").GetString().ShouldBe("error");
        line.GetProperty("exception").GetString()!.ShouldContain("first\nsecond");
    }

    [Fact]
    public void Libraries_speak_up_only_when_something_is_wrong_and_we_from_the_configured_level_on()
    {
        using var text = new StringWriter();
        using (var serilog = NovaLogging.Create(new LogOptions { Format = LogFormat.Json, Level = LogLevel.Information }, text))
        using (var provider = new SerilogLoggerProvider(serilog))
        {
            foreach (var category in new[] { "Microsoft.Hosting", "Quartz.Core", "Npgsql.Command" }) LineLog.Done(provider.CreateLogger(category), "t", 1, "x", 1);
            LineLog.Detail(provider.CreateLogger("Nova.Events.Line"));
        }

        text.ToString().ShouldBeEmpty();
    }

    [Fact]
    public void On_a_terminal_the_same_line_is_text()
    {
        using var text = new StringWriter();
        using (var serilog = NovaLogging.Create(new LogOptions { Format = LogFormat.Text }, text))
        using (var provider = new SerilogLoggerProvider(serilog))
            LineLog.Done(provider.CreateLogger("Nova.Events.Line"), "topic-1", 3, "Handled", 2);
        text.ToString().ShouldMatch(@"^\d\d:\d\d:\d\d\.\d{3} INF Nova\.Events\.Line batch of topic-1:3, outcome=Handled elapsed_ms=2\n$");
    }

    private static JsonElement Write(Action<ILogger> log)
    {
        using var text = new StringWriter();
        using (var serilog = NovaLogging.Create(new LogOptions { Format = LogFormat.Json }, text))
        using (var provider = new SerilogLoggerProvider(serilog))
            log(provider.CreateLogger("Nova.Events.Line"));
        var line = text.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem();
        line.ShouldNotContain('\n');
        return JsonDocument.Parse(line).RootElement;
    }
}

internal static partial class LineLog
{
    [LoggerMessage(9000, LogLevel.Information, "batch of {TopicName}:{Partition}, outcome={Outcome} elapsed_ms={ElapsedMs}")]
    public static partial void Done(ILogger logger, string topicName, int partition, string outcome, double elapsedMs);

    [LoggerMessage(9001, LogLevel.Error, "failed {Id}: {Reason} {Ratio}")]
    public static partial void Failed(ILogger logger, Exception exception, string? id, string reason, double ratio);

    [LoggerMessage(9002, LogLevel.Debug, "a detail")]
    public static partial void Detail(ILogger logger);
}
