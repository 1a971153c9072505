using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Nova.Events.Contracts;

namespace Nova.Events.Kafka.Consuming.State;

/// <summary>
/// What a consumer keeps beside its committed offset: the last position of each source below that offset, and the intent or the parked keys where there are
/// any. Text: <c>1;p:source@era.lsn.ordinal;…;i:last,rows,checksum,attempt,excluded;k:hash,partition,offset,done;…;b:offset;t:id</c>, numbers in hex; a reader refuses a
/// version or a field that it doesn't know. A parked key's partition is ffffffff while its place is not known; <c>done</c> is counted from the committed
/// offset, and left out where it is below.
/// </summary>
internal sealed record CommittedState(ImmutableSortedDictionary<string, Position> Positions, Intent? Intent = null)
{
    /// <summary>Brokers refuse longer metadata by default (<c>offset.metadata.max.bytes</c>).</summary>
    public const int MaxBytes = 4096;

    /// <summary>Kept free for the topic's id.</summary>
    private const int TopicIdBytes = 32;

    private const string Version = "1";
    private const int UnknownPartition = -1;

    public static ImmutableSortedDictionary<ulong, ParkedKey> NoneParked { get; } = ImmutableSortedDictionary<ulong, ParkedKey>.Empty;

    public static CommittedState Empty { get; } = new(ImmutableSortedDictionary.Create<string, Position>(StringComparer.Ordinal));

    /// <summary>Keys whose records are diverted to the retry topic, by their hash.</summary>
    public ImmutableSortedDictionary<ulong, ParkedKey> Parked { get; init; } = NoneParked;

    /// <summary>Where the inbox of a partition began: what is committed is a hint then, and the inbox's row is the truth. Null without an inbox.</summary>
    public long? InboxFirst { get; init; }

    /// <summary>Id of the topic that the offset is of; null where brokers tell none.</summary>
    public string? TopicId { get; init; }

    /// <summary>The text form; null where it would be longer than <paramref name="maxBytes"/>. What fits without the topic's id does so with it.</summary>
    public string? ToText(long committedOffset, int maxBytes = MaxBytes)
    {
        var text = new StringBuilder(Version);
        foreach (var (source, position) in Positions)
            text.Append(CultureInfo.InvariantCulture, $";p:{source}@{position.Era:x}.{position.CommitLsn:x}.{position.Ordinal:x}");
        if (Intent is { } intent)
        {
            text.Append(CultureInfo.InvariantCulture, $";i:{intent.Last:x},{intent.Rows:x},{intent.Checksum:x},{intent.Attempt:x},");
            intent.Excluded.AppendTo(text, committedOffset);
        }

        foreach (var (hash, key) in Parked)
        {
            text.Append(CultureInfo.InvariantCulture, $";k:{hash:x},{key.Last?.Partition ?? UnknownPartition:x},{key.Last?.Offset ?? 0:x}");
            if (key.DoneThrough - committedOffset is >= 0 and var done) text.Append(CultureInfo.InvariantCulture, $",{done:x}");
        }

        if (InboxFirst is { } first) text.Append(CultureInfo.InvariantCulture, $";b:{first:x}");
        if (text.Length > maxBytes - TopicIdBytes) return null;
        if (TopicId is { } id) text.Append(";t:").Append(id);
        return text.ToString();
    }

    /// <summary>Reads the text form; empty text is an empty state.</summary>
    /// <exception cref="CommittedStateUnreadableException">Another version or another writer made it.</exception>
    public static CommittedState Parse(string text, long committedOffset)
    {
        if (text.Length == 0) return Empty;
        try
        {
            var fields = text.Split(';');
            if (fields[0] != Version) throw new FormatException($"version '{fields[0]}' is not known here");
            var positions = Empty.Positions.ToBuilder();
            var parked = NoneParked.ToBuilder();
            Intent? intent = null;
            long? inboxFirst = null;
            string? topicId = null;
            foreach (var field in fields.AsSpan(1))
            {
                if (field.StartsWith("p:", StringComparison.Ordinal)) AddPosition(positions, field.AsSpan(2));
                else if (field.StartsWith("i:", StringComparison.Ordinal)) intent = ParseIntent(field[2..], committedOffset);
                else if (field.StartsWith("k:", StringComparison.Ordinal)) AddParked(parked, field[2..].Split(','), committedOffset);
                else if (field.StartsWith("b:", StringComparison.Ordinal)) inboxFirst = Hex<long>(field[2..]);
                else if (field.StartsWith("t:", StringComparison.Ordinal)) topicId = field[2..];
                else throw new FormatException("unknown field");
            }

            return new CommittedState(positions.ToImmutable(), intent) { Parked = parked.ToImmutable(), InboxFirst = inboxFirst, TopicId = topicId };
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or IndexOutOfRangeException or ArgumentException)
        {
            throw new CommittedStateUnreadableException(committedOffset, exception);
        }
    }

    private static void AddPosition(ImmutableSortedDictionary<string, Position>.Builder positions, ReadOnlySpan<char> text)
    {
        var at = text.LastIndexOf('@');
        var parts = text[(at + 1)..].ToString().Split('.');
        positions[text[..at].ToString()] = new Position(Hex<ushort>(parts[0]), Hex<ulong>(parts[1]), Hex<uint>(parts[2]));
    }

    private static void AddParked(ImmutableSortedDictionary<ulong, ParkedKey>.Builder parked, string[] parts, long committedOffset)
    {
        RetryPlace? last = Hex<int>(parts[1]) is not UnknownPartition and var partition ? new RetryPlace(partition, Hex<long>(parts[2])) : null;
        parked[Hex<ulong>(parts[0])] = new ParkedKey(last, parts.Length > 3 ? committedOffset + Hex<long>(parts[3]) : null);
    }

    private static Intent ParseIntent(string text, long committedOffset)
    {
        var parts = text.Split(',');
        return new Intent(Hex<long>(parts[0]), Hex<int>(parts[1]), Hex<ulong>(parts[2]), Hex<int>(parts[3]), OffsetSpans.Parse(parts[4], committedOffset));
    }

    private static T Hex<T>(string digits) where T : struct, System.Numerics.INumberBase<T> =>
        T.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}

/// <summary>The committed offset's metadata was not written by a consumer of this version.</summary>
public sealed class CommittedStateUnreadableException(long committedOffset, Exception inner) : Exception(
    $"The metadata of committed offset {committedOffset} cannot be read ({inner.Message}). A newer version may have written it: run that version, "
    + "or reset the group's offset with a tool that leaves the metadata empty.",
    inner)
{
    /// <summary>The offset that was committed with it.</summary>
    public long CommittedOffset { get; } = committedOffset;
}
