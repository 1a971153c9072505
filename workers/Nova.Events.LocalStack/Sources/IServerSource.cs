namespace Nova.Events.LocalStack.Sources;

/// <summary>One way to get a server. A <see cref="LocalServersException"/> says why it can't; then the next source is tried.</summary>
internal interface IServerSource
{
    public string Name { get; }

    public Task<RunningServer> StartAsync(ServerPlace place, CancellationToken cancellationToken);
}
