using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Nova.Events.Hosting.Metrics;

/// <summary>Collects every <c>Nova.Events.*</c> meter with the OpenTelemetry SDK and serves it at <c>/metrics</c>.</summary>
public static class PrometheusEndpoint
{
    /// <summary>Bucket bounds in seconds, OpenTelemetry's messaging conventions with a finer low end and a longer tail.</summary>
    private static readonly double[] SecondBounds = [.001, .0025, .005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10, 30, 60];

    /// <summary>Registers the meters' reader; one for each process.</summary>
    public static IServiceCollection AddNovaMetrics(this IServiceCollection services) => services.AddSingleton<PrometheusCollector>();

    /// <summary>Maps <c>/metrics</c>.</summary>
    public static void MapNovaMetrics(this IEndpointRouteBuilder endpoints)
    {
        // Resolved now: a meter is only counted from the moment somebody listens.
        var collector = endpoints.ServiceProvider.GetRequiredService<PrometheusCollector>();
        endpoints.MapGet("/metrics", () => Results.Text(collector.Collect(), "text/plain; version=0.0.4")).ExcludeFromDescription();
    }

    internal sealed class PrometheusCollector : IDisposable
    {
        private readonly Lock _collecting = new();
        private readonly TextExporter _exporter = new();
        private readonly BaseExportingMetricReader _reader;
        private readonly MeterProvider _provider;

        public PrometheusCollector()
        {
            _reader = new BaseExportingMetricReader(_exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative };
            _provider = Sdk.CreateMeterProviderBuilder()
                .AddMeter("Nova.Events.*", "Npgsql", "System.Runtime", "Microsoft.AspNetCore.Hosting")
                .AddView(instrument => instrument.Unit == "s" && instrument.GetType().Name.StartsWith("Histogram", StringComparison.Ordinal)
                    ? new ExplicitBucketHistogramConfiguration { Boundaries = SecondBounds }
                    : null)
                .AddReader(_reader)
                .Build();
        }

        public string Collect()
        {
            lock (_collecting)
            {
                _exporter.Text.Clear();
                _reader.Collect();
                return _exporter.Text.ToString();
            }
        }

        public void Dispose() => _provider.Dispose();
    }

    // Push, although a request pulls: the SDK reserves pulling for exporters of its own.
    [ExportModes(ExportModes.Push)]
    private sealed class TextExporter : BaseExporter<Metric>
    {
        public StringBuilder Text { get; } = new();

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch) PrometheusTextWriter.Write(Text, metric);
            return ExportResult.Success;
        }
    }
}
