namespace Nova.Events.LocalStack;

/// <summary>A further listener of a broker. Its clients are told the proxy's address, so they come back through the proxy.</summary>
/// <param name="Name">Of the listener; upper-case letters, digits and underscores.</param>
/// <param name="Port">Where the broker listens, on 127.0.0.1.</param>
/// <param name="ProxyPort">Where the proxy listens, on 127.0.0.1.</param>
public sealed record ProxiedListener(string Name, int Port, int ProxyPort);
