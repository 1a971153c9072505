using System.Globalization;
using Nova.Events.ChaosTests.Checking;

namespace Nova.Events.ChaosTests.Sink.Checking;

/// <summary>
/// Compares what Kafka holds with what tables, view and dead letters made of it. The log comes first, records of one partition in the order of their
/// offsets. It knows neither server: it is fed, and asked for the result.
/// </summary>
/// <param name="clientTopic">The topic whose repeats are told by id; those of all others are told by position.</param>
/// <param name="idWindow">Preceding offsets among which an id must not occur.</param>
internal sealed class SinkChecker(string clientTopic, int idWindow)
{
    private readonly Dictionary<Place, LoggedRecord> _owedRows = [];
    private readonly Dictionary<Place, LoggedRecord> _owedLetters = [];
    private readonly HashSet<Place> _rows = [];
    private readonly HashSet<Place> _repeats = [];
    private readonly Dictionary<Place, string> _letters = [];
    private readonly Dictionary<string, Place> _letterIds = new(StringComparer.Ordinal);
    private readonly MetricSums _sums = new();
    private readonly PositionFilter _positions = new();
    private readonly IdWindow _ids = new(idWindow);
    private readonly SinkFindings _findings = new();

    /// <summary>The next record of a raw topic.</summary>
    public void AddRecord(in LoggedRecord record)
    {
        _findings.Records++;
        if (IsRepeat(record))
        {
            _findings.Repeats++;
            _repeats.Add(record.Place);
        }
        else if (record.IsMalformed)
        {
            _owedLetters.Add(record.Place, record);
        }
        else
        {
            _owedRows.Add(record.Place, record);
            _sums.Add(record.EventType, record.PostId);
        }
    }

    /// <summary>A row of a raw table, after the log.</summary>
    public void AddRow(in TableRow row)
    {
        if (_rows.Contains(row.Place)) _findings.Add(SinkViolation.Doubled, $"{row.Place} has another row", row.Copies);
        else if (_owedRows.Remove(row.Place, out var record)) Settle(row, record);
        else _findings.Add(SinkViolation.Stray, $"{row.Place} has a row, and {(_repeats.Contains(row.Place) ? "is a repeat" : "no record is owed one there")}", row.Copies);
    }

    /// <summary>A dead letter, after the rows.</summary>
    public void AddLetter(in DeadLetter letter)
    {
        if (letter.Place is not { } place || letter.Id is not { } id || (_letterIds.TryGetValue(id, out var other) && other != place))
        {
            _findings.Add(SinkViolation.LetterStray, $"a dead letter of {letter.Place?.ToString() ?? "nowhere"} has the id {letter.Id ?? "of nothing"}");
            return;
        }

        _letterIds[id] = place;
        if (_letters.TryGetValue(place, out var before))
        {
            if (before == id) _findings.LetterCopies++;
            else _findings.Add(SinkViolation.LetterStray, $"{place} has dead letters of two ids, {before} and {id}");
        }
        else if (letter.IsRefusal && _rows.Contains(place))
        {
            _letters.Add(place, id);
            _findings.Redriven++;
        }
        else if (_owedLetters.Remove(place, out var record))
        {
            _letters.Add(place, id);
            _findings.Letters++;
            if (!(letter.Value ?? []).AsSpan().SequenceEqual(record.Value ?? [])) _findings.Add(SinkViolation.Altered, $"the dead letter of {place} has other bytes than its record");
        }
        else
        {
            _findings.Add(SinkViolation.LetterStray, $"{place} is in the dead letters, and is {(_repeats.Contains(place) ? "a repeat" : "no malformed record")}");
        }
    }

    /// <summary>What the view has counted for a post, after the log.</summary>
    public void AddSum(long postId, string metric, long sum) => _sums.Settle(postId, metric, sum);

    /// <summary>The verdict, once all was given.</summary>
    public SinkFindings Finish()
    {
        foreach (var place in InOrder(_owedRows.Keys)) _findings.Add(SinkViolation.Missing, $"{place} has no row");
        foreach (var place in InOrder(_owedLetters.Keys)) _findings.Add(SinkViolation.LetterMissing, $"{place} is malformed, and not in the dead letters");
        foreach (var (place, difference) in _sums.Left())
            _findings.Add(SinkViolation.SumWrong, string.Create(CultureInfo.InvariantCulture, $"{place.Metric} of post {place.PostId}: the log and the view differ by {difference}"));
        return _findings;
    }

    private bool IsRepeat(in LoggedRecord record) => record.Place.Topic == clientTopic
        ? _ids.IsRepeat(record.Place, record.Id)
        : PositionFilter.IsPosition(record.Position) && _positions.IsRepeat(record.Place.Topic, record.Place.Partition, record.Position);

    private void Settle(in TableRow row, in LoggedRecord record)
    {
        _rows.Add(row.Place);
        _findings.Rows++;
        if (row.Copies > 1) _findings.Add(SinkViolation.Doubled, $"{row.Place} has {row.Copies} rows", row.Copies - 1);
        if (record.Id != row.EventId.ToString() || record.EventType != row.EventType)
            _findings.Add(SinkViolation.Altered, $"the row of {row.Place} is {row.EventType} {row.EventId}, its record {record.EventType} {record.Id}");
    }

    private static IEnumerable<Place> InOrder(IEnumerable<Place> places) =>
        places.OrderBy(place => place.Topic, StringComparer.Ordinal).ThenBy(place => place.Partition).ThenBy(place => place.Offset);
}
