using System.Text;
using Confluent.Kafka;

namespace Nova.Events.ChaosTests.Sink.Writing;

/// <summary>A record to be written.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its value; null for a tombstone.</param>
/// <param name="Headers">Its headers.</param>
internal sealed record ChaosRecord(string Key, string? Value, IReadOnlyList<(string Name, string Value)> Headers)
{
    /// <summary>A header that marks a record as malformed, for the check: it belongs into the dead letters, and not into the table.</summary>
    public const string Malformed = "chaos-malformed";

    /// <summary>The same without the header.</summary>
    public ChaosRecord Without(string header) => this with { Headers = [.. Headers.Where(entry => entry.Name != header)] };

    /// <summary>The same with the header, in place of one of that name.</summary>
    public ChaosRecord With(string header, string value) => this with { Headers = [.. Without(header).Headers, (header, value)] };

    public Message<byte[]?, byte[]?> ToMessage()
    {
        var headers = new Headers();
        foreach (var (name, value) in Headers) headers.Add(name, Encoding.UTF8.GetBytes(value));
        return new Message<byte[]?, byte[]?> { Key = Encoding.UTF8.GetBytes(Key), Value = Value is null ? null : Encoding.UTF8.GetBytes(Value), Headers = headers };
    }
}
