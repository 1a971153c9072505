using System.ComponentModel.DataAnnotations;
using Confluent.Kafka;

namespace Nova.Events.Kafka;

/// <summary>How the cluster is reached; shared by every producer, consumer and admin client of a process. Section <c>Kafka</c>.</summary>
public sealed class KafkaOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Kafka";

    /// <summary><c>host:port</c> of one or more brokers, separated by commas. Required.</summary>
    [Required(ErrorMessage = "Kafka:BootstrapServers is required. Set it, or NOVA_KAFKA.")]
    public string BootstrapServers { get; set; } = "";

    /// <summary>Prefix of the client ids that brokers log and quotas match. Default <c>nova</c>.</summary>
    [Required]
    public string ClientId { get; set; } = "nova";

    /// <summary>Further librdkafka properties for every client, such as <c>security.protocol</c> and <c>sasl.*</c>; none by default.</summary>
    public IDictionary<string, string> Properties { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Copies the address, the client id <c>{ClientId}-{role}</c> and the further properties into <paramref name="config"/>.
    /// Call it first: what a role sets afterwards wins, so that a property cannot undo a guarantee.
    /// </summary>
    public T ApplyTo<T>(T config, string role) where T : ClientConfig
    {
        ArgumentNullException.ThrowIfNull(config);
        foreach (var (name, value) in Properties) config.Set(name, value);
        config.BootstrapServers = BootstrapServers;
        config.ClientId = $"{ClientId}-{role}";
        config.SocketTimeoutMs ??= 10_000;
        config.ReconnectBackoffMaxMs ??= 1_000;
        config.SocketKeepaliveEnable ??= true;
        return config;
    }
}
