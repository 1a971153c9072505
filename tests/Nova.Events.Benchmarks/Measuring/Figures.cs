using System.Globalization;

namespace Nova.Events.Benchmarks.Measuring;

/// <summary>Figures as they are shown; what was not measured is a dash to people and null to scripts.</summary>
internal static class Figures
{
    public static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "–";

    /// <summary>The lowest and the highest.</summary>
    public static string Span(IEnumerable<double> values, string format) => values.ToList() is { Count: > 0 } all ? $"{Text(all.Min(), format)} – {Text(all.Max(), format)}" : "–";

    public static double? Whole(double? value) => Rounded(value, 0);

    public static double? Tenths(double? value) => Rounded(value, 1);

    public static double? Hundredths(double? value) => Rounded(value, 2);

    private static double? Rounded(double? value, int digits) => value is { } known && double.IsFinite(known) ? Math.Round(known, digits) : null;
}
