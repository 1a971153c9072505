namespace Nova.Events.ChaosTests.Faults;

/// <summary>How a network is cut.</summary>
internal enum CutForm
{
    /// <summary>Nothing arrives any more, in either direction; the connections stay open.</summary>
    Silence,

    /// <summary>Every connection is closed, and no new one is accepted.</summary>
    Refusal,

    /// <summary>Every connection is reset.</summary>
    Reset,

    /// <summary>Each connection ends in the midst of what the server sends.</summary>
    MidResponse,

    /// <summary>Each connection ends in the midst of what the process sends.</summary>
    MidRequest,
}
