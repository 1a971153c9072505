using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Nova.Events.Contracts;
using Nova.Events.Relay.Routing;
using Nova.Events.Relay.Snapshots;

namespace Nova.Events.Relay.Capturing;

/// <summary>Which tables are captured, and how. Section <c>Relay:Capture</c>.</summary>
public sealed partial class CaptureOptions
{
    /// <summary>Prefix of the topics; the table's name follows. Default <c>cdc.</c></summary>
    public string TopicPrefix { get; set; } = Topics.CapturePrefix;

    /// <summary>The publication that holds the captured tables; one of <c>Relay:Publications</c>. Default <c>nova_cdc</c>.</summary>
    public string Publication { get; set; } = "nova_cdc";

    /// <summary>Writes a tombstone after a delete, so that compaction forgets the key. Default yes.</summary>
    public bool Tombstones { get; set; } = true;

    /// <summary>Tables by <c>schema.name</c>. Each is added to the publication if it is missing there; what else the publication holds is captured, too.</summary>
    public IDictionary<string, CapturedTableOptions> Tables { get; } = new Dictionary<string, CapturedTableOptions>(StringComparer.Ordinal);

    internal CapturedTableOptions? Of(string table) => Tables.TryGetValue(table, out var options) ? options : null;

    /// <summary>The topic of a table.</summary>
    /// <param name="table">Schema and name.</param>
    internal string TopicOf(string table) => Of(table)?.Topic ?? TopicPrefix + Unnameable.Replace(table[(table.IndexOf('.', StringComparison.Ordinal) + 1)..], "_");

    /// <summary>True for topics of captured tables.</summary>
    internal bool Holds(string topic) => topic.StartsWith(TopicPrefix, StringComparison.Ordinal) || Tables.Values.Any(table => table.Topic == topic);

    internal IEnumerable<ValidationResult> Validate()
    {
        foreach (var table in Tables.Keys)
            if (!Name.IsMatch(table)) yield return new ValidationResult($"Relay:Capture:Tables takes schema and name, as in 'public.posts'; it has '{table}'.");
        foreach (var shared in Tables.Keys.GroupBy(TopicOf, StringComparer.Ordinal).Where(tables => tables.Count() > 1))
            yield return new ValidationResult($"Relay:Capture:Tables: {string.Join(" and ", shared)} both go to topic '{shared.Key}'. Give one of them another Topic: their keys would mix.");
    }

    /// <summary>What Kafka does not take in a topic's name.</summary>
    [GeneratedRegex("[^A-Za-z0-9._-]")]
    private static partial Regex Unnameable { get; }

    [GeneratedRegex("^[^.]+\\..+$")]
    private static partial Regex Name { get; }
}

/// <summary>How one table is captured.</summary>
public sealed class CapturedTableOptions
{
    /// <summary>Its topic. Default: prefix and name.</summary>
    public string? Topic { get; set; }

    /// <summary>What becomes of a record that can't be published. Default: that of the relay.</summary>
    public PoisonPolicy? Poison { get; set; }

    /// <summary>Whether it is read once when its capture begins. Default: <c>Relay:Snapshots:Initial</c>.</summary>
    public InitialSnapshot? Snapshot { get; set; }

    /// <summary>Writes a tombstone after a delete. Default: that of all captured tables.</summary>
    public bool? Tombstones { get; set; }

    /// <summary>A column that marks a row as deleted where it is not null. Named in header <c>soft-delete-column</c>, so that a mirror knows. None by default.</summary>
    public string? SoftDeleteColumn { get; set; }
}
