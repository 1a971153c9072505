using System.Text;
using Nova.Events.Postgres.Capture;
using Nova.Events.Postgres.Capture.Values;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Postgres.Capture;

/// <summary>Expected values are what Debezium 3.6 published for the same literals, unless a comment says otherwise.</summary>
public sealed class ValueEncoderTests
{
    private const int NoModifier = -1;

    [Theory]
    [InlineData("1.5", "1.5")]
    [InlineData("100", "100.0")]
    [InlineData("0", "0.0")]
    [InlineData("-0", "-0.0")]
    [InlineData("0.1", "0.1")]
    [InlineData("0.001", "0.001")]
    [InlineData("0.0123", "0.0123")]
    [InlineData("0.0001", "1.0E-4")]
    [InlineData("1e-07", "1.0E-7")]
    [InlineData("1e+20", "1.0E20")]
    [InlineData("1e+300", "1.0E300")]
    [InlineData("1.2345678901234568e+17", "1.2345678901234568E17")]
    [InlineData("12345678.9", "1.23456789E7")]
    [InlineData("1234567.5", "1234567.5")]
    [InlineData("10000000", "1.0E7")]
    [InlineData("-3.4028235e+38", "-3.4028235E38")]
    [InlineData("NaN", "\"NaN\"")]
    [InlineData("-Infinity", "\"-Infinity\"")]
    public void A_float_is_written_as_Java_writes_it(string text, string json) => Json(701, NoModifier, text).ShouldBe(json);

    [Theory]
    [InlineData("1.50", """{"scale":1,"value":"Dw=="}""")]
    [InlineData("0.00", """{"scale":0,"value":"AA=="}""")]
    [InlineData("100", """{"scale":0,"value":"ZA=="}""")]
    [InlineData("-1.5", """{"scale":1,"value":"8Q=="}""")]
    [InlineData("123456789012345678901234567890.123456789", """{"scale":9,"value":"XODppWAV/sWq36MorjmBFQ=="}""")]
    [InlineData("0.0000000001", """{"scale":10,"value":"AQ=="}""")]
    [InlineData("NaN", "null")]
    public void A_numeric_without_precision_is_its_scale_and_its_unscaled_value(string text, string json) => Json(1700, NoModifier, text).ShouldBe(json);

    [Theory]
    [InlineData(10, 2, "1.00", "\"ZA==\"")]
    [InlineData(10, 2, "-0.01", "\"/w==\"")]
    [InlineData(10, 2, "12345678.90", "\"SZYC0g==\"")]
    [InlineData(10, 2, "1.28", "\"AIA=\"")]
    [InlineData(20, 0, "12345678901234567890", "\"AKtUqYzrHwrS\"")]
    // Debezium writes 1,700 bytes of nonsense for a negative scale.
    [InlineData(10, -2, "12300", "\"ew==\"")]
    public void A_numeric_with_a_scale_is_its_unscaled_value(int precision, int scale, string text, string json) =>
        Json(1700, ((precision << 16) | (scale & 0x7ff)) + 4, text).ShouldBe(json);

    [Theory]
    [InlineData("$1,234.56", "\"AeJA\"")]
    [InlineData("-$0.01", "\"/w==\"")]
    [InlineData("$92,233,720,368,547,758.07", "\"f/////////8=\"")]
    public void Money_is_a_decimal_of_scale_two(string text, string json) => Json(790, NoModifier, text).ShouldBe(json);

    [Theory]
    [InlineData("2024-01-02", "19724")]
    [InlineData("0001-01-01", "-719162")]
    [InlineData("0044-03-15 BC", "-735160")]
    [InlineData("4713-01-01 BC", "-2440550")]
    [InlineData("1582-10-10", "-141432")]
    [InlineData("5874897-12-31", "2145042905")]
    // Debezium overflows.
    [InlineData("infinity", "2147483647")]
    [InlineData("-infinity", "-2147483648")]
    public void A_date_is_the_days_since_1970(string text, string json) => Json(1082, NoModifier, text).ShouldBe(json);

    [Theory]
    [InlineData(-1, "2024-01-02 03:04:05.123456", "1704164645123456")]
    [InlineData(-1, "1969-12-31 23:59:59.999999", "-1")]
    [InlineData(-1, "0044-03-15 12:00:00 BC", "-63517780800000000")]
    [InlineData(-1, "12345-06-07 08:09:10.5", "327416976550500000")]
    [InlineData(-1, "infinity", "9223372036825200000")]
    [InlineData(-1, "-infinity", "-9223372036832400000")]
    // Debezium overflows.
    [InlineData(-1, "294276-12-31 23:59:59.999999", "9223372036854775807")]
    [InlineData(0, "2024-01-02 03:04:05", "1704164645000")]
    [InlineData(3, "infinity", "9223372036825200")]
    [InlineData(4, "2024-01-02 03:04:05.1234", "1704164645123400")]
    public void A_timestamp_is_microseconds_or_milliseconds_since_1970(int digits, string text, string json) => Json(1114, digits, text).ShouldBe(json);

    [Theory]
    [InlineData(-1, "2024-01-02 01:04:05.123456+00", "\"2024-01-02T01:04:05.123456Z\"")]
    [InlineData(-1, "2024-01-02 03:04:05.1+00", "\"2024-01-02T03:04:05.100000Z\"")]
    [InlineData(-1, "2024-01-02 03:04:05+00", "\"2024-01-02T03:04:05.000000Z\"")]
    [InlineData(3, "2024-01-02 03:04:05+00", "\"2024-01-02T03:04:05.000Z\"")]
    [InlineData(0, "2024-01-02 03:04:05+00", "\"2024-01-02T03:04:05Z\"")]
    [InlineData(-1, "0044-03-15 12:00:00+00 BC", "\"-0043-03-15T12:00:00.000000Z\"")]
    [InlineData(-1, "12345-06-07 08:09:10.5+00", "\"+12345-06-07T08:09:10.500000Z\"")]
    [InlineData(-1, "-infinity", "\"-infinity\"")]
    public void A_timestamp_with_time_zone_is_ISO_8601_in_UTC(int digits, string text, string json) => Json(1184, digits, text).ShouldBe(json);

    [Theory]
    [InlineData("12:34:56.789012+02", "\"10:34:56.789012Z\"")]
    [InlineData("00:00:00-11:30", "\"11:30:00Z\"")]
    [InlineData("12:34:56.1+00", "\"12:34:56.1Z\"")]
    [InlineData("24:00:00+00", "\"00:00:00Z\"")]
    [InlineData("01:00:00+15:59:59", "\"09:00:01Z\"")]
    public void A_time_with_time_zone_is_in_UTC(string text, string json) => Json(1266, NoModifier, text).ShouldBe(json);

    [Theory]
    [InlineData("00:00:01", "1000000")]
    [InlineData("1 mon", "2629800000000")]
    [InlineData("1 year 2 mons 3 days 04:05:06.789", "37091106789000")]
    [InlineData("-1 mons +3 days -04:05:06.5", "-2385306500000")]
    [InlineData("-00:00:01.5", "-1500000")]
    [InlineData("100 years", "3155760000000000")]
    [InlineData("178000000 years", "9223372036854775807")]
    [InlineData("00:00:00.000001", "1")]
    public void An_interval_is_microseconds(string text, string json) => Json(1186, NoModifier, text).ShouldBe(json);

    [Theory]
    [InlineData(8, "10110001", "\"sQ==\"")]
    [InlineData(8, "00000000", "\"\"")]
    [InlineData(12, "101100011110", "\"Hgs=\"")]
    [InlineData(1, "1", "true")]
    [InlineData(1, "0", "false")]
    public void Bits_are_bytes_and_a_single_one_is_a_truth(int bits, string text, string json) => Json(1560, bits, text).ShouldBe(json);

    [Theory]
    [InlineData(@"\x00ff10", "\"AP8Q\"")]
    [InlineData(@"\x", "\"\"")]
    public void Bytes_are_Base64(string text, string json) => Json(17, NoModifier, text).ShouldBe(json);

    [Theory]
    [InlineData("q\"b\\s/\t\n\r\u0001\u001f\u007f", "\"q\\\"b\\\\s/\\t\\n\\r\\u0001\\u001F\u007f\"")]
    [InlineData("ünï ☃ 😀 <>&'", "\"ünï ☃ \\uD83D\\uDE00 <>&'\"")]
    public void Text_is_escaped_as_Jackson_escapes_it(string text, string json) => Json(25, NoModifier, text).ShouldBe(json);

    [Theory]
    [InlineData("{1,NULL,-2}", "[1,null,-2]")]
    [InlineData("{}", "[]")]
    [InlineData("[0:1]={1,2}", "[1,2]")]
    // Debezium: [null,null].
    [InlineData("{{1,2},{3,4}}", "[[1,2],[3,4]]")]
    public void An_array_is_an_array(string text, string json) => Json(new ArrayEncoder(new IntegerEncoder(), (byte)','), text).ShouldBe(json);

    [Fact]
    public void Elements_of_an_array_may_hold_anything() =>
        Json(new ArrayEncoder(new TextEncoder(), (byte)','), """{a,NULL,"NULL","","q\"q","b\\b","c,c","{x}"," s "}""").ShouldBe("""["a",null,"NULL","","q\"q","b\\b","c,c","{x}"," s "]""");

    [Theory]
    [InlineData("""  "a"=>"1", "b"=>NULL, "q\"k"=>"v\\\"v"  """, """ "{\"a\":\"1\",\"b\":null,\"q\\\"k\":\"v\\\\\\\"v\"}" """)]
    [InlineData("", "\"{}\"")]
    public void A_map_is_JSON_in_a_string(string text, string json) => Json(new HstoreEncoder(), text.Trim()).ShouldBe(json.Trim());

    [Theory]
    [InlineData("(1,2.5)", """{"x":1.0,"y":2.5,"wkb":"AQEAAAAAAAAAAADwPwAAAAAAAARA","srid":null}""")]
    [InlineData("(NaN,Infinity)", """{"x":"NaN","y":"Infinity","wkb":"AQEAAAAAAAAAAAD4fwAAAAAAAPB/","srid":null}""")]
    public void A_point_has_its_coordinates_and_its_binary(string text, string json) => Json(600, NoModifier, text).ShouldBe(json);

    [Fact]
    public void What_the_WAL_does_not_have_is_the_placeholder_of_the_type()
    {
        Unavailable(new TextEncoder()).ShouldBe("\"__debezium_unavailable_value\"");
        Unavailable(new ByteaEncoder()).ShouldBe("\"X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==\"");
        Unavailable(new ArrayEncoder(new TextEncoder(), (byte)',')).ShouldBe("[\"__debezium_unavailable_value\"]");
        Unavailable(new ArrayEncoder(new IntegerEncoder(), (byte)',')).ShouldStartWith("[95,95,100,101,");
        Unavailable(new HstoreEncoder()).ShouldBe("\"{\\\"__debezium_unavailable_value\\\":\\\"__debezium_unavailable_value\\\"}\"");
    }

    private static string Json(uint oid, int modifier, string text) => Json(TypeEncoders.Of(oid, modifier).ShouldNotBeNull(), text);

    private static string Json(ValueEncoder encoder, string text)
    {
        var json = new JsonBytes();
        encoder.Write(json, Encoding.UTF8.GetBytes(text));
        return Encoding.UTF8.GetString(json.Written);
    }

    private static string Unavailable(ValueEncoder encoder)
    {
        var json = new JsonBytes();
        encoder.WriteUnavailable(json);
        return Encoding.UTF8.GetString(json.Written);
    }
}
