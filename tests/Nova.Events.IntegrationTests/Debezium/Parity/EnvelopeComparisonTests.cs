using System.Text;
using System.Text.Json.Nodes;
using Nova.Events.Contracts.Records;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Debezium.Parity;

/// <summary>The comparison itself: no servers, hence not in their collection.</summary>
public sealed class EnvelopeComparisonTests
{
    private const string Update = """{"before":null,"after":{"id":1,"price":"AJY="},"source":{"name":"x","table":"t","txId":7,"lsn":10,"ts_us":5},"op":"u","ts_ms":1}""";

    [Fact]
    public void Equal_records_differ_in_nothing() => Compare([Record("{\"id\":1}", Update)], [Record("{\"id\":1}", Update)]).ShouldBeEmpty();

    [Fact]
    public void What_each_publisher_says_of_itself_is_ignored() =>
        Compare([Record("{\"id\":1}", Update)], [Record("{\"id\":1}", Update.Replace("\"x\"", "\"y\"").Replace("\"ts_ms\":1", "\"ts_ms\":2"))]).ShouldBeEmpty();

    [Theory]
    [InlineData("\"AJY=\"", "\"AJc=\"", "t u after.price (numeric): ours \"AJY=\", Debezium \"AJc=\"")]
    [InlineData(",\"price\":\"AJY=\"", "", "t u after.price (numeric): ours \"AJY=\", Debezium absent")]
    [InlineData("\"AJY=\"", "null", "t u after.price (numeric): ours \"AJY=\", Debezium null")]
    [InlineData("\"lsn\":10", "\"lsn\":11", "t u source.lsn: ours 10, Debezium 11")]
    [InlineData("\"ts_us\":5", "\"ts_us\":5,\"origin\":null", "t u source.origin: ours absent, Debezium null")]
    [InlineData("\"before\":null", "\"before\":{\"id\":1}", "t u before: ours null, Debezium absent|t u before.id (int): ours absent, Debezium 1")]
    [InlineData("\"op\":\"u\"", "\"op\":\"c\"", "t u/c op: ours u, Debezium c")]
    public void Any_other_field_that_differs_is_named_with_both_values(string ours, string theirs, string expected) =>
        Compare([Record("{\"id\":1}", Update)], [Record("{\"id\":1}", Update.Replace(ours, theirs))]).Select(difference => difference.ToString()).ShouldBe(expected.Split('|'));

    [Fact]
    public void Keys_are_compared_byte_for_byte_for_they_decide_the_partition() =>
        Compare([Record("{\"id\":\"😀\"}", Update)], [Record("{\"id\":\"\\uD83D\\uDE00\"}", Update)]).ShouldHaveSingleItem().Field.ShouldBe("key");

    [Fact]
    public void A_record_that_one_side_has_not_got_is_a_difference()
    {
        var difference = Compare([Record("{\"id\":1}", Update)], [Record("{\"id\":1}", Update), Record("{\"id\":1}", Update.Replace("\"lsn\":10", "\"lsn\":20"), offset: 1)]).ShouldHaveSingleItem();
        (difference.Field, difference.Ours).ShouldBe(("record", Difference.Absent));
    }

    [Fact]
    public void A_tombstone_and_the_headers_of_a_changed_key_count()
    {
        var deleted = Update.Replace("\"op\":\"u\"", "\"op\":\"d\"");
        var with = new[] { Record("{\"id\":1}", deleted, headers: ("__debezium.newkey", "{\"id\":2}")), Record("{\"id\":1}", null, offset: 1) };
        Compare(with, [Record("{\"id\":1}", deleted)]).Select(difference => difference.Field).ShouldBe(["tombstone", "header.__debezium.newkey"]);
    }

    [Fact]
    public void A_tombstone_behind_nothing_is_an_error() =>
        Should.Throw<FormatException>(() => CapturedRecord.Of([Record("{\"id\":1}", Update), Record("{\"id\":1}", null, offset: 1)]));

    [Fact]
    public void A_truncation_that_is_in_every_partition_counts_once()
    {
        var truncation = Update.Replace("\"op\":\"u\"", "\"op\":\"t\"");
        Compare([Record(null, truncation), Record(null, truncation, partition: 1)], [Record(null, truncation)]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("1.0E20", "1e20", true)]
    [InlineData("100.0", "100", true)]
    [InlineData("-0.0", "0", false)]
    [InlineData("9223372036854775807", "9223372036854775808", false)]
    [InlineData("\"\\u00e4\"", "\"ä\"", true)]
    [InlineData("\"1\"", "1", false)]
    [InlineData("[1,null]", "[1]", false)]
    [InlineData("{\"a\":1}", "{\"b\":1}", false)]
    public void Numbers_and_text_are_equal_by_what_they_say(string left, string right, bool equal) =>
        JsonEquality.AreEqual(JsonNode.Parse(left), JsonNode.Parse(right)).ShouldBe(equal);

    [Fact]
    public void A_difference_needs_a_reason_and_a_reason_a_difference()
    {
        var difference = new Difference("t", "u", "after.price", "numeric", "1", "2");
        ExpectedDifference.Judge([difference], [new("prices", covered => covered.Type == "numeric")]).ShouldBeEmpty();
        ExpectedDifference.Judge([difference], []).ShouldBe(["t u after.price (numeric): ours 1, Debezium 2"]);
        ExpectedDifference.Judge([], [new("prices", _ => true)]).ShouldBe(["expected, but it did not occur: prices"]);
    }

    private static List<Difference> Compare(ConsumedRecord[] ours, ConsumedRecord[] theirs) =>
        new EnvelopeComparison((_, column) => column == "price" ? "numeric" : "int").Compare(CapturedRecord.Of(ours), CapturedRecord.Of(theirs));

    private static ConsumedRecord Record(string? key, string? value, int partition = 0, long offset = 0, params (string Name, string Value)[] headers) => new()
    {
        Topic = "cdc.t",
        Partition = partition,
        Offset = offset,
        Timestamp = DateTimeOffset.UnixEpoch,
        Key = key is null ? null : Encoding.UTF8.GetBytes(key),
        Value = value is null ? null : Encoding.UTF8.GetBytes(value),
        Headers = [.. headers.Select(header => new RecordHeader(header.Name, Encoding.UTF8.GetBytes(header.Value)))],
    };
}
