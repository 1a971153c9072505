using System.Buffers.Text;

namespace Nova.Events.Postgres.Capture.Values;

/// <summary>
/// interval: microseconds, a month counted as 30.4375 days. Computed in floating point, as Debezium does, so that the values are the same.
/// Source: io.debezium.time.MicroDuration.
/// </summary>
internal sealed class IntervalEncoder : ValueEncoder
{
    private const double DaysPerMonth = 365.25 / 12;
    private const double MicrosecondsPerSecond = 1_000_000;

    public override void Write(JsonBytes json, ReadOnlySpan<byte> text)
    {
        var (months, days, clock) = (0, 0, default(Clock));
        while (!text.IsEmpty)
        {
            var word = Word(ref text);
            if (word.Contains((byte)':'))
            {
                clock = Clock.Read(word);
                continue;
            }

            var number = Number(word);
            var unit = Word(ref text);
            if (unit.StartsWith("year"u8)) months += number * 12;
            else if (unit.StartsWith("mon"u8)) months += number;
            else if (unit.StartsWith("day"u8)) days += number;
            else throw new FormatException("An interval has an unknown unit.");
        }

        var hours = (((months * DaysPerMonth) + days) * 24) + clock.Hours;
        json.Number((long)(((((hours * 60) + clock.Minutes) * 60) + clock.Seconds) * MicrosecondsPerSecond));
    }

    private static ReadOnlySpan<byte> Word(ref ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)' ');
        var word = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        return word;
    }

    private static int Number(ReadOnlySpan<byte> word) =>
        Utf8Parser.TryParse(word.TrimStart((byte)'+'), out int number, out var read) && read > 0 ? number : throw new FormatException("An interval holds no number.");

    /// <summary>The part <c>-04:05:06.789</c>; the sign is all three's.</summary>
    private readonly record struct Clock(int Hours, int Minutes, double Seconds)
    {
        public static Clock Read(ReadOnlySpan<byte> word)
        {
            var sign = word[0] == '-' ? -1 : 1;
            word = word.TrimStart("+-"u8);
            var hours = word.IndexOf((byte)':');
            if (!Utf8Parser.TryParse(word[(hours + 4)..], out double seconds, out _)) throw new FormatException("An interval's time is not hh:mm:ss.");
            return new Clock(sign * Number(word[..hours]), sign * Number(word[(hours + 1)..(hours + 3)]), sign * seconds);
        }
    }
}
