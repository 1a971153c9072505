namespace Nova.Events.LocalStack;

/// <summary>How far a server is.</summary>
public enum ServerStage
{
    /// <summary>Something takes a while (an installation, a first start); the text says what.</summary>
    Preparing,

    /// <summary>A source could not give the server; the text says why. The next source is tried.</summary>
    SourceFailed,

    /// <summary>The server answers; the text says where it is and where it came from.</summary>
    Ready,

    /// <summary>The server works, but less than the real one; the text says what that means.</summary>
    Limited,

    /// <summary>The server has ended.</summary>
    Stopped,
}

/// <summary>One line of progress about one server.</summary>
/// <param name="Kind">Which server.</param>
/// <param name="Stage">How far it is.</param>
/// <param name="Text">What a person should read.</param>
public sealed record ServerReport(ServerKind Kind, ServerStage Stage, string Text);
