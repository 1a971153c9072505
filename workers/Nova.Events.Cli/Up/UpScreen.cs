using System.Globalization;
using Spectre.Console;

namespace Nova.Events.Cli.Up;

/// <summary>The table of every hop: live on a terminal, a line every few seconds elsewhere.</summary>
internal static class UpScreen
{
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);

    /// <summary>Shows a sample a second until <paramref name="shown"/> completes.</summary>
    public static async Task ShowAsync(HopWatch watch, Task shown, TimeProvider time)
    {
        var previous = await watch.SampleAsync(CancellationToken.None);
        if (!AnsiConsole.Profile.Capabilities.Interactive || Console.IsOutputRedirected)
        {
            await LinesAsync(watch, previous, shown, time);
            return;
        }

        await AnsiConsole.Live(Draw(previous, previous)).StartAsync(async live =>
        {
            while (!shown.IsCompleted)
            {
                await Task.WhenAny(shown, Task.Delay(TimeSpan.FromSeconds(1), time));
                var sample = await watch.SampleAsync(CancellationToken.None);
                live.UpdateTarget(Draw(sample, previous));
                previous = sample;
            }
        });
    }

    private static async Task LinesAsync(HopWatch watch, HopSample previous, Task shown, TimeProvider time)
    {
        while (!shown.IsCompleted)
        {
            await Task.WhenAny(shown, Task.Delay(LineEvery, time));
            var sample = await watch.SampleAsync(CancellationToken.None);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{sample.At.TotalSeconds,4:0} s  committed {sample.Committed:N0} ({Rate(sample, previous, s => s.Committed)})  accepted {sample.Accepted:N0}  published {sample.Published:N0}  lag {Seconds(sample.RelayLag)}  rows {Count(sample.DomainRows)} + {Count(sample.ClientRows)}  lag {Seconds(sample.SinkLag)}  hot list {Count(sample.HotPosts)}, age {Seconds(sample.HotAge)}"));
            previous = sample;
        }
    }

    private static Table Draw(HopSample sample, HopSample previous)
    {
        var table = new Table().Border(TableBorder.Rounded).Title($"{sample.At:hh\\:mm\\:ss}");
        table.AddColumn("hop");
        table.AddColumn(new TableColumn("this run").RightAligned());
        table.AddColumn(new TableColumn("a second").RightAligned());
        table.AddColumn(new TableColumn("behind").RightAligned());
        table.AddRow("domain events committed", $"{sample.Committed:N0}", Rate(sample, previous, s => s.Committed), "");
        table.AddRow("client events accepted", $"{sample.Accepted:N0}", Rate(sample, previous, s => s.Accepted), "");
        table.AddRow($"published to Kafka ({sample.Relay})", $"{sample.Published:N0}", Rate(sample, previous, s => s.Published), Seconds(sample.RelayLag));
        table.AddRow("ClickHouse outbox_events", Count(sample.DomainRows), Rate(sample, previous, s => s.DomainRows), Seconds(sample.SinkLag));
        table.AddRow("ClickHouse events_raw", Count(sample.ClientRows), Rate(sample, previous, s => s.ClientRows), Seconds(sample.SinkLag));
        table.AddRow("Redis hot list", Count(sample.HotPosts), "", Seconds(sample.HotAge));
        return table;
    }

    private static string Rate(HopSample sample, HopSample previous, Func<HopSample, long?> count)
    {
        var seconds = (sample.At - previous.At).TotalSeconds;
        return seconds > 0 && count(sample) - count(previous) is { } delta ? string.Create(CultureInfo.InvariantCulture, $"{delta / seconds:N0}/s") : "–";
    }

    private static string Count(long? count) => count is { } known ? known.ToString("N0", CultureInfo.InvariantCulture) : "–";

    private static string Seconds(double? seconds) => seconds is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known:0.0} s") : "–";
}
