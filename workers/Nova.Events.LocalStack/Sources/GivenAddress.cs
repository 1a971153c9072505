namespace Nova.Events.LocalStack.Sources;

/// <summary>A server that somebody else runs. It must answer now; there is no falling back from what was asked for by name.</summary>
/// <param name="address">As its clients take it.</param>
/// <param name="givenBy">The setting that holds it, for messages.</param>
/// <param name="check">Throws with the cause and the remedy when it can't be used; returns host:port.</param>
internal sealed class GivenAddress(string address, string givenBy, Func<string, string, CancellationToken, Task<string>> check) : IServerSource
{
    public string Name => "address";

    public async Task<RunningServer> StartAsync(ServerPlace place, CancellationToken cancellationToken) =>
        new(address, $"{await check(address, givenBy, cancellationToken)}, given by {givenBy}");
}
