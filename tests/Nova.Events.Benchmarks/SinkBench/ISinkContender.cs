using Nova.Events.Benchmarks.Measuring;
using Nova.Events.Benchmarks.Servers;
using Nova.Events.ClickHouse;

namespace Nova.Events.Benchmarks.SinkBench;

/// <summary>Something that brings a topic's client events into <c>events_raw</c>, and with it into its view.</summary>
internal interface ISinkContender
{
    string Name { get; }

    /// <summary>True where repeated ids are left out.</summary>
    bool LeavesOutRepeats { get; }

    /// <summary>Begins at the start of the topic; disposing ends it.</summary>
    Task<ISinkRun> StartAsync(SinkPlace place, CancellationToken cancellationToken);
}

/// <summary>A contender that runs.</summary>
internal interface ISinkRun : IAsyncDisposable
{
    /// <summary>What processes of its own have used; nothing where the server does its work.</summary>
    ProcessUsage Usage { get; }

    /// <summary>Throws where it has ended by itself.</summary>
    void ThrowIfEnded();
}

/// <summary>Where one contender runs once.</summary>
/// <param name="Name">Of this run alone: its database and its group.</param>
/// <param name="Servers">Kafka and ClickHouse.</param>
/// <param name="Client">Its database.</param>
/// <param name="Topic">What it reads.</param>
internal sealed record SinkPlace(string Name, BenchServers Servers, ClickHouseClient Client, string Topic);
