using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;

namespace Nova.Events.Hosting.Metrics;

/// <summary>
/// Writes collected metrics in Prometheus' text format, version 0.0.4: names with underscores, the unit as suffix, <c>_total</c> on counters.
/// Source: OpenTelemetry's "Prometheus and OpenMetrics compatibility".
/// </summary>
internal static class PrometheusTextWriter
{
    private static readonly Dictionary<string, string> UnitSuffixes = new(StringComparer.Ordinal)
    {
        ["s"] = "seconds", ["ms"] = "milliseconds", ["By"] = "bytes", ["1"] = "ratio",
    };

    public static void Write(StringBuilder text, Metric metric)
    {
        var counter = metric.MetricType is MetricType.LongSum or MetricType.DoubleSum;
        var name = Name(metric, counter);
        var histogram = metric.MetricType is MetricType.Histogram;
        if (metric.Description.Length > 0)
            text.Append("# HELP ").Append(name).Append(' ').Append(metric.Description.ReplaceLineEndings(" ").Replace("\\", "\\\\", StringComparison.Ordinal)).Append('\n');
        text.Append("# TYPE ").Append(name).Append(counter ? " counter" : histogram ? " histogram" : " gauge").Append('\n');
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            if (histogram) WriteHistogram(text, name, point);
            else Sample(text, name, point, null, Value(metric.MetricType, point));
        }
    }

    private static string Name(Metric metric, bool counter)
    {
        var name = new StringBuilder(metric.Name.Length + 16);
        foreach (var c in metric.Name) name.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        if (UnitSuffixes.TryGetValue(metric.Unit, out var unit) && !metric.Name.EndsWith('.' + unit, StringComparison.Ordinal)) name.Append('_').Append(unit);
        if (counter) name.Append("_total");
        return name.ToString();
    }

    private static double Value(MetricType type, in MetricPoint point) => type switch
    {
        MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong(),
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => point.GetSumDouble(),
        MetricType.LongGauge => point.GetGaugeLastValueLong(),
        _ => point.GetGaugeLastValueDouble(),
    };

    private static void WriteHistogram(StringBuilder text, string name, in MetricPoint point)
    {
        long cumulative = 0;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            cumulative += bucket.BucketCount;
            var bound = double.IsPositiveInfinity(bucket.ExplicitBound) ? "+Inf" : bucket.ExplicitBound.ToString("R", CultureInfo.InvariantCulture);
            Sample(text, name + "_bucket", point, bound, cumulative);
        }

        Sample(text, name + "_sum", point, null, point.GetHistogramSum());
        Sample(text, name + "_count", point, null, point.GetHistogramCount());
    }

    private static void Sample(StringBuilder text, string name, in MetricPoint point, string? bound, double value)
    {
        text.Append(name);
        var first = true;
        foreach (var tag in point.Tags) Label(text, ref first, tag.Key, Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "");
        if (bound is not null) Label(text, ref first, "le", bound);
        if (!first) text.Append('}');
        text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private static void Label(StringBuilder text, ref bool first, string key, string value)
    {
        text.Append(first ? '{' : ',');
        first = false;
        foreach (var c in key) text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        text.Append("=\"");
        foreach (var c in value)
        {
            if (c == '\n') { text.Append("\\n"); continue; }
            if (c is '\\' or '"') text.Append('\\');
            text.Append(c);
        }

        text.Append('"');
    }
}
