namespace Nova.Events.LocalStack.Sources;

/// <summary>Where a source puts the server that it starts.</summary>
/// <param name="Kind">Which server.</param>
/// <param name="Folder">Its data, log and process id.</param>
/// <param name="Port">The port of 127.0.0.1 on which it must listen.</param>
/// <param name="FurtherPort">A second port by name, for servers that need one.</param>
/// <param name="Options">What the caller asked for.</param>
/// <param name="Say">Tells people what takes a while.</param>
/// <param name="Time">The clock of bounds and polls.</param>
internal sealed record ServerPlace(
    ServerKind Kind, string Folder, int Port, Func<string, int> FurtherPort, LocalServersOptions Options, Action<string> Say, TimeProvider Time);
