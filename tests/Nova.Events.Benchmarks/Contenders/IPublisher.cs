using Nova.Events.LocalStack.Processes;

namespace Nova.Events.Benchmarks.Contenders;

/// <summary>A program that reads the WAL and publishes the outbox, or a captured table, to Kafka.</summary>
internal interface IPublisher
{
    string Name { get; }

    /// <summary>Why it can't run here; null if it can.</summary>
    string? Missing { get; }

    /// <summary>What its topic is called behind the prefix of the run.</summary>
    string Stream { get; }

    /// <summary>How it is run; writes the files that it needs.</summary>
    ProcessSpec Prepare(PublisherPlace place);
}
