namespace Nova.Events.ChaosTests.Sink.Checking;

/// <summary>
/// The rule for client events in its plainest form: a repeat is an id that occurs among the preceding offsets of its partition. Written anew on purpose: what
/// checks the product shares no code with it.
/// </summary>
/// <param name="offsets">How many preceding offsets.</param>
internal sealed class IdWindow(int offsets)
{
    private readonly Dictionary<(string Topic, int Partition, Guid Id), long> _last = [];

    /// <summary>True for a repeat; an id that can't be read is never one.</summary>
    public bool IsRepeat(in Place place, string? id)
    {
        if (!Guid.TryParseExact(id, "D", out var known)) return false;
        var key = (place.Topic, place.Partition, known);
        var isRepeat = _last.TryGetValue(key, out var before) && place.Offset - before <= offsets;
        _last[key] = place.Offset;
        return isRepeat;
    }
}
