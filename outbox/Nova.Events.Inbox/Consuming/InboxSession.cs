using Microsoft.Extensions.Logging;
using Nova.Events.Contracts;
using Nova.Events.Inbox.Storing;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.Kafka.Consuming.Memory;

namespace Nova.Events.Inbox.Consuming;

/// <summary>What the lanes of one consumer share.</summary>
internal sealed record InboxSession(InboxConsumerOptions Options, IInbox Inbox, ITopicLog Log, ISetAside Aside, ILogger Logger, TimeProvider Time)
{
    public string RetryTopic { get; } = Topics.Retry(Options.Group);

    public RecordBlockPool Memory { get; } = new();
}
