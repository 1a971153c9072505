using System.Runtime.InteropServices;
using System.Text;
using Nova.Events.LocalStack.Processes;

namespace Nova.Events.LocalStack.Kafka;

/// <summary>The hidden sub-command that hosts the mock cluster: <c>kafka-mock-host ADDRESS_FILE [TOPIC=PARTITIONS...]</c>.</summary>
internal static partial class KafkaMockHost
{
    public const string Command = "kafka-mock-host";
    private const int Producer = 0;
    private const int RebalanceDelayMilliseconds = 100;

    public static async Task<int> RunAsync(string addressFile, IEnumerable<string> topics)
    {
        using var stop = new StopSignal();
        var error = new byte[512];
        var client = rd_kafka_new(Producer, 0, error, (nuint)error.Length);
        var cluster = client == 0 ? 0 : rd_kafka_mock_cluster_new(client, 1);
        if (cluster == 0)
        {
            await Console.Error.WriteLineAsync($"librdkafka made no mock cluster: {Encoding.UTF8.GetString(error).TrimEnd('\0')}");
            return 70;
        }
        rd_kafka_mock_group_initial_rebalance_delay_ms(cluster, RebalanceDelayMilliseconds);
        foreach (var topic in topics.Select(topic => topic.Split('=')))
        {
            var code = rd_kafka_mock_topic_create(cluster, topic[0], int.Parse(topic[1]), 1);
            if (code == 0) continue;
            await Console.Error.WriteLineAsync($"the mock cluster refused topic {topic[0]}: error {code}");
            return 70;
        }
        // Appears whole or not at all: a reader waits for the name.
        await File.WriteAllTextAsync(addressFile + ".new", Marshal.PtrToStringUTF8(rd_kafka_mock_cluster_bootstraps(cluster)));
        File.Move(addressFile + ".new", addressFile, overwrite: true);
        await stop.Asked;
        return 0;
    }

    [LibraryImport("librdkafka")]
    private static partial nint rd_kafka_new(int type, nint configuration, byte[] error, nuint errorSize);

    [LibraryImport("librdkafka")]
    private static partial nint rd_kafka_mock_cluster_new(nint client, int brokers);

    [LibraryImport("librdkafka")]
    private static partial nint rd_kafka_mock_cluster_bootstraps(nint cluster);

    [LibraryImport("librdkafka", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rd_kafka_mock_topic_create(nint cluster, string topic, int partitions, int replicas);

    [LibraryImport("librdkafka")]
    private static partial void rd_kafka_mock_group_initial_rebalance_delay_ms(nint cluster, int milliseconds);
}
