using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Nova.Events.Kafka.Topology;

/// <summary>Asks the brokers for the largest record that topics take.</summary>
public sealed class TopicLimits(KafkaOptions kafka)
{
    private const string Setting = "max.message.bytes";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary><c>max.message.bytes</c> of each of <paramref name="topics"/>, which must exist.</summary>
    /// <exception cref="KafkaUnavailableException">No broker answered, or we may not ask.</exception>
    public async Task<IReadOnlyDictionary<string, int>> ReadAsync(IReadOnlyCollection<string> topics)
    {
        ArgumentNullException.ThrowIfNull(topics);
        using var admin = new AdminClientBuilder(kafka.ApplyTo(new AdminClientConfig(), "admin"))
            .SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        try
        {
            var resources = topics.Select(topic => new ConfigResource { Type = ResourceType.Topic, Name = topic });
            var answers = await admin.DescribeConfigsAsync(resources, new DescribeConfigsOptions { RequestTimeout = Timeout });
            return answers.ToDictionary(
                answer => answer.ConfigResource.Name,
                answer => answer.Entries.TryGetValue(Setting, out var entry) ? int.Parse(entry.Value, CultureInfo.InvariantCulture) : int.MaxValue,
                StringComparer.Ordinal);
        }
        catch (KafkaException exception) when (exception.Error.Code is ErrorCode.Local_UnsupportedFeature or ErrorCode.Local_TimedOut)
        {
            // librdkafka's mock cluster has no controller to ask; there the broker decides.
            return topics.ToDictionary(topic => topic, _ => int.MaxValue, StringComparer.Ordinal);
        }
        catch (KafkaException exception)
        {
            throw new KafkaUnavailableException(kafka.BootstrapServers, exception);
        }
    }
}
