using System.Net;
using System.Net.Sockets;

namespace Nova.Events.LocalStack.Files;

/// <summary>The ports of one data folder. A name keeps its port from run to run while the port is free, so that addresses stay the same.</summary>
internal sealed class PortBook
{
    private readonly string _file;
    private readonly Dictionary<string, int> _ports = [];
    private readonly Lock _gate = new();

    public PortBook(string folder)
    {
        _file = Path.Combine(folder, "ports");
        if (!File.Exists(_file)) return;
        foreach (var line in File.ReadLines(_file))
            if (line.Split('=') is [var name, var port] && int.TryParse(port, out var number)) _ports[name] = number;
    }

    /// <exception cref="LocalServersException"><paramref name="wanted"/> is taken.</exception>
    public int Take(string name, int? wanted = null)
    {
        lock (_gate)
        {
            if (wanted is { } asked)
            {
                if (!IsFree(asked))
                    throw new LocalServersException($"Port {asked} for {name} is taken on 127.0.0.1. End what listens there (`ss -ltnp 'sport = :{asked}'` names it), or ask for another port, or for none to get a free one.");
                return Remember(name, asked);
            }
            if (_ports.TryGetValue(name, out var last) && IsFree(last)) return last;
            return Remember(name, Fresh());
        }
    }

    // The system offers a port of another name whenever that name's server is not up yet. Offers refused stay bound, so that they are not made again.
    private int Fresh()
    {
        var offers = new List<TcpListener>();
        try
        {
            while (true)
            {
                var offer = new TcpListener(IPAddress.Loopback, 0);
                offers.Add(offer);
                offer.Start();
                var port = ((IPEndPoint)offer.LocalEndpoint).Port;
                if (!_ports.ContainsValue(port)) return port;
            }
        }
        finally
        {
            foreach (var offer in offers) offer.Dispose();
        }
    }

    private int Remember(string name, int port)
    {
        _ports[name] = port;
        File.WriteAllLines(_file, _ports.Select(entry => $"{entry.Key}={entry.Value}"));
        return port;
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
