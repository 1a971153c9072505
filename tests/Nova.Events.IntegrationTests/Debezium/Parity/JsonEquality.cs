using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nova.Events.IntegrationTests.Debezium.Parity;

/// <summary>Whether two JSON values say the same, however they are spelled: <c>1.0E20</c> is <c>1e20</c>, an escape is its character.</summary>
internal static class JsonEquality
{
    public static bool AreEqual(JsonNode? left, JsonNode? right) => (left, right) switch
    {
        (null, null) => true,
        (JsonObject ours, JsonObject theirs) => ours.Count == theirs.Count && ours.All(field => theirs.TryGetPropertyValue(field.Key, out var other) && AreEqual(field.Value, other)),
        (JsonArray ours, JsonArray theirs) => ours.Count == theirs.Count && ours.Zip(theirs).All(pair => AreEqual(pair.First, pair.Second)),
        (JsonValue ours, JsonValue theirs) when ours.GetValueKind() == theirs.GetValueKind() => ours.GetValueKind() != JsonValueKind.Number || AreEqual(ours.ToJsonString(), theirs.ToJsonString())
            ? ours.GetValueKind() != JsonValueKind.String || ours.GetValue<string>() == theirs.GetValue<string>()
            : false,
        _ => false,
    };

    /// <remarks>Integers by their digits: a double would take 2^63 − 1 and 2^63 for one.</remarks>
    private static bool AreEqual(string left, string right) =>
        left == right || ((IsFraction(left) || IsFraction(right)) && BitConverter.DoubleToInt64Bits(Parse(left)) == BitConverter.DoubleToInt64Bits(Parse(right)));

    private static bool IsFraction(string number) => number.AsSpan().ContainsAny('.', 'e', 'E');

    private static double Parse(string number) => double.Parse(number, CultureInfo.InvariantCulture);
}
