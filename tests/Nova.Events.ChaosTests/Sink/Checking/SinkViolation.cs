namespace Nova.Events.ChaosTests.Sink.Checking;

/// <summary>What must not be.</summary>
internal enum SinkViolation
{
    /// <summary>A record that is owed a row has none.</summary>
    Missing,

    /// <summary>A record has more than one row.</summary>
    Doubled,

    /// <summary>A row of a repeat, of a malformed record, or of no record at all.</summary>
    Stray,

    /// <summary>A row or a dead letter says something else than its record.</summary>
    Altered,

    /// <summary>A malformed record is not in the dead letters.</summary>
    LetterMissing,

    /// <summary>A dead letter of a record that is none, or an id that stands for two.</summary>
    LetterStray,

    /// <summary>The view has counted something else than the log holds.</summary>
    SumWrong,
}
