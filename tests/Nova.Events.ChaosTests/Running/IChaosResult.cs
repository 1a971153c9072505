namespace Nova.Events.ChaosTests.Running;

/// <summary>How a run ended.</summary>
internal interface IChaosResult
{
    /// <summary>The verdict.</summary>
    bool Holds { get; }

    /// <summary>For people.</summary>
    string Text();

    /// <summary>One line of JSON.</summary>
    string Json();
}
