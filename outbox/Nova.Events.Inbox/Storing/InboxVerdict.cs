using System.Text;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Inbox.Storing;

/// <summary>That a record is given up, and why. Once it is committed the record's handler is never called again, whoever has the partition.</summary>
/// <param name="Offset">The record's.</param>
/// <param name="Attempts">In all.</param>
/// <param name="Exception">The full name of the type that was thrown; null where none was.</param>
internal sealed record InboxVerdict(long Offset, int Attempts, string Reason, string? Exception)
{
    private const int MaxTextLength = 8_000;

    public static InboxVerdict Of(RecordView record, Outcome outcome, int attempts) =>
        new(record.Offset, attempts, Storable(outcome.Reason ?? ""), outcome.Exception is { } thrown ? Storable(thrown.GetType().FullName ?? "") : null);

    // A handler may say what it wants; PostgreSQL takes neither NUL nor half a surrogate pair, and a verdict that it refuses would be refused for ever.
    private static string Storable(string text) =>
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Length <= MaxTextLength ? text : text[..(MaxTextLength - 1)] + "…")).Replace('\0', '\uFFFD');
}
