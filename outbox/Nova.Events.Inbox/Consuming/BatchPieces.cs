namespace Nova.Events.Inbox.Consuming;

/// <summary>
/// How a batch of <paramref name="count"/> records is applied: whole; after a failure what comes before the record that failed, then that one alone, then the
/// rest. Where no single record is known to be the cause, all of the failed piece one by one.
/// </summary>
internal sealed class BatchPieces(int count)
{
    private int _soloFrom;
    private int _soloTo;

    /// <summary>First record that is not applied.</summary>
    public int At { get; private set; }

    /// <summary>The end of the next piece.</summary>
    public int To => At < _soloFrom ? _soloFrom : At < _soloTo ? At + 1 : count;

    /// <summary>True where what fails now is the record's own doing.</summary>
    public bool IsAlone => To - At == 1;

    /// <param name="records">How many of the piece; null for all.</param>
    public void Applied(int? records = null) => At = records is { } count ? At + count : To;

    /// <summary>The record at <paramref name="index"/> of the batch goes alone, once what is before it is applied.</summary>
    public void Isolate(int index)
    {
        if (index >= At && index < To) Failed(index - At);
    }

    /// <param name="index">Of the piece's records; null where unknown.</param>
    public void Failed(int? index) => (_soloFrom, _soloTo) = index is { } i ? (At + i, At + i + 1) : (At, To);
}
