namespace Nova.Events.IntegrationTests.Debezium.Parity;

/// <summary>Where two sequences of change events differ.</summary>
/// <param name="Table">The table.</param>
/// <param name="Op">Operation; several letters where both sides have another one.</param>
/// <param name="Field">Path in the record, as <c>after.price</c>, <c>source.lsn</c>, <c>key</c>, <c>tombstone</c>, <c>header.NAME</c>.</param>
/// <param name="Type">PostgreSQL's name of the column's type; empty where it is no column.</param>
/// <param name="Ours">JSON, or <c>absent</c>.</param>
/// <param name="Theirs">JSON, or <c>absent</c>.</param>
internal sealed record Difference(string Table, string Op, string Field, string Type, string Ours, string Theirs)
{
    public const string Absent = "absent";

    public override string ToString() => $"{Table} {Op} {Field}{(Type.Length > 0 ? $" ({Type})" : "")}: ours {Short(Ours)}, Debezium {Short(Theirs)}";

    private static string Short(string text) => text.Length <= 300 ? text : $"{text[..300]}… ({text.Length} characters)";
}
