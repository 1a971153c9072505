namespace Nova.Events.IntegrationTests.Debezium.Parity;

/// <summary>Where the relay means to differ from Debezium. Each must occur; docs/debezium.md tells them to users.</summary>
internal static class MeantDifferences
{
    /// <summary>Types that Debezium has no converter for: it leaves their columns out.</summary>
    private static readonly HashSet<string> Omitted =
    [
        "box", "cid", "circle", "comp", "comp[]", "d_text[]", "datemultirange", "int4multirange", "interval[]", "jsonpath", "line", "lseg", "money[]", "name[]", "path",
        "pg_lsn", "pg_snapshot", "point[]", "polygon", "regclass", "regtype", "tid", "tsquery", "xid", "xid8", "xml[]",
    ];

    public static readonly IReadOnlyList<ExpectedDifference> All =
    [
        .. Omitted.Select(type => new ExpectedDifference($"a column of type {type} is there, where Debezium leaves it out", of => of.Type == type && of.Theirs == Difference.Absent)),
        new("what the WAL does not say of a deleted row is null; Debezium puts a default or a zero into columns that are NOT NULL",
            of => of is { Op: "d", Table: "nn_all" or "r_default" or "r_index" } && of.Field.StartsWith("before.", StringComparison.Ordinal) && of.Ours == "null"),
        new("an identity by index is the key; Debezium keys by the primary key, which deletes then don't know and give as 0",
            of => of.Table == "r_index" && (of.Field is "key" or "partition" || of.Field.EndsWith("key", StringComparison.Ordinal))),
        new("what is not in the WAL of a large numeric or array is the placeholder; Debezium says null",
            of => of.Table is "toast_default" or "toast_arrays" && of.Ours.Contains("__debezium_unavailable_value", StringComparison.Ordinal)),
        new("a name is its text; Debezium streams null", of => of is { Type: "name", Theirs: "null" }),
        new("an infinite date is the largest or smallest day; Debezium's overflows", of => of is { Type: "date", Ours: "2147483647" or "-2147483648" }),
        new("dates of arrays are days as those of columns; Debezium's are wrong before 1582 and when infinite", of => of.Type == "date[]" && of.Field.EndsWith(".date_a_inf_", StringComparison.Ordinal)),
        new("a timestamp beyond 64 bits of microseconds is the largest; Debezium's overflows", of => of.Field.EndsWith(".timestamp_big_", StringComparison.Ordinal) && of.Ours == "9223372036854775807"),
        new("arrays of two dimensions are arrays of arrays; Debezium writes nulls or Java object names", of => of.Field.EndsWith("_aa_", StringComparison.Ordinal)),
        new("times in arrays keep their microseconds; Debezium cuts them", of => of.Type is "time without time zone[]" or "time with time zone[]"),
        new("-infinity in an array is -infinity; Debezium writes a year", of => of.Field.EndsWith(".timestamptz_a_inf_", StringComparison.Ordinal)),
        new("an array is published with its elements where one is null or not a number; Debezium gives the whole array up",
            of => of.Type is "mood[]" or "ltree[]" or "numeric[]" && of.Theirs == "null"),
        new("arrays of bits are there; Debezium says null", of => of is { Type: "bit(3)[]", Theirs: "null" }),
        new("a negative scale is a scale; Debezium takes it for 2046", of => of.Type.StartsWith("numeric(10,-2)", StringComparison.Ordinal)),
    ];
}
