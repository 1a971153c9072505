namespace Nova.Events.Postgres.Capture.Values;

/// <summary>The encoder of each type. What has none of its own is told as text, as PostgreSQL writes it.</summary>
internal static class TypeEncoders
{
    private const int ModifierHeader = 4;
    private const int MillisecondDigits = 3;
    private const int MicrosecondDigits = 6;
    private static readonly TextEncoder Text = new();

    /// <summary>The encoder of a built-in type that has one of its own; null for any other.</summary>
    /// <param name="oid">Object id of the type. Source: pg_type.dat.</param>
    /// <param name="modifier">The column's type modifier; −1 without one.</param>
    public static ValueEncoder? Of(uint oid, int modifier) => oid switch
    {
        16 => new BooleanEncoder(),
        17 => new ByteaEncoder(),
        20 or 21 or 23 or 26 => new IntegerEncoder(),
        700 or 701 => new FloatEncoder(),
        1700 => Numeric(modifier),
        790 => new MoneyEncoder(),
        1082 => new DateEncoder(),
        1083 => new TimeEncoder(MicrosecondsPerUnit(modifier)),
        1114 => new TimestampEncoder(MicrosecondsPerUnit(modifier)),
        1184 => new ZonedTimestampEncoder(modifier >= 0 ? modifier : MicrosecondDigits),
        1266 => new ZonedTimeEncoder(),
        1186 => new IntervalEncoder(),
        1560 => modifier == 1 ? new BooleanEncoder() : new BitsEncoder(),
        1562 => new BitsEncoder(),
        600 => new PointEncoder(),
        25 or 1042 or 1043 or 2950 or 114 or 3802 => Text,
        _ => null,
    };

    /// <summary>The encoder of a type that has no object id of its own, because an extension brings it, or that is told as text.</summary>
    public static ValueEncoder Named(string name) => name == "hstore" ? new HstoreEncoder() : Text;

    private static ValueEncoder Numeric(int modifier) => modifier < ModifierHeader ? new VariableDecimalEncoder() : new DecimalEncoder(Scale(modifier - ModifierHeader));

    /// <summary>Eleven bits with a sign. Source: numeric.c, numeric_typmod_scale.</summary>
    private static int Scale(int modifier) => ((modifier & 0x7ff) ^ 1024) - 1024;

    private static int MicrosecondsPerUnit(int modifier) => modifier is >= 0 and <= MillisecondDigits ? 1_000 : 1;
}
