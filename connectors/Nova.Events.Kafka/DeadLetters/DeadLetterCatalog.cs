using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.DeadLetters;

/// <summary>The dead letters of a group, each once: of its copies the first that tells of the most attempts.</summary>
public sealed class DeadLetterCatalog
{
    private readonly Dictionary<Guid, DeadLetter> _letters = [];
    private readonly Dictionary<Guid, DeadLetterState> _states = [];
    private readonly Dictionary<string, string> _words = new(StringComparer.Ordinal);

    /// <summary>In no order.</summary>
    public IReadOnlyCollection<DeadLetter> Letters => _letters.Values;

    /// <summary>Records of the topic beyond the first of each letter.</summary>
    public long Copies { get; private set; }

    /// <summary>Records of the topic without an id of a dead letter; they are never redriven.</summary>
    public long Foreign { get; private set; }

    /// <summary>The letter of an id; null if there is none.</summary>
    public DeadLetter? Find(Guid id) => _letters.GetValueOrDefault(id);

    /// <summary>The last that was told of an id; null if it was never redriven.</summary>
    public DeadLetterState? StateOf(Guid id) => _states.GetValueOrDefault(id);

    /// <summary>True if it was redriven and has not failed again since.</summary>
    public bool IsRedriven(DeadLetter letter)
    {
        ArgumentNullException.ThrowIfNull(letter);
        return StateOf(letter.Id) is { } state && state.Attempts >= letter.Attempts;
    }

    /// <summary>The letters that a redrive takes: those that match, oldest first, at most <paramref name="max"/>; with <paramref name="again"/> redriven ones, too.</summary>
    public IReadOnlyList<DeadLetter> Choose(DeadLetterFilter filter, bool again, int? max)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var chosen = Letters.Where(letter => filter.Matches(letter) && (again || !IsRedriven(letter)))
            .OrderBy(letter => letter.At).ThenBy(letter => letter.Partition).ThenBy(letter => letter.Offset);
        return [.. chosen.Take(max ?? int.MaxValue)];
    }

    internal void Add(ConsumedRecord record)
    {
        if (DeadLetter.Of(record) is not { } letter)
        {
            Foreign++;
            return;
        }

        if (_letters.TryGetValue(letter.Id, out var known)) Copies++;
        if (known is null || letter.Attempts > known.Attempts)
            _letters[letter.Id] = letter with { Topic = Once(letter.Topic), Reason = Once(letter.Reason), EventType = letter.EventType is { } type ? Once(type) : null };
    }

    internal void AddState(ConsumedRecord record)
    {
        if (record.Key is null || !Guid.TryParseExact(System.Text.Encoding.UTF8.GetString(record.Key), "D", out var id)) return;
        if (DeadLetterState.Parse(record.Value) is { } state) _states[id] = state;
        else _states.Remove(id);
    }

    /// <summary>Many letters share few words: each is kept once.</summary>
    private string Once(string word) => _words.TryGetValue(word, out var known) ? known : _words[word] = word;
}
