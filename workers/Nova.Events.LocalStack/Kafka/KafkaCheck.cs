using Confluent.Kafka;

namespace Nova.Events.LocalStack.Kafka;

internal static class KafkaCheck
{
    /// <summary>Does a broker answer with metadata?</summary>
    public static Task<bool> AnswersAsync(string bootstrapServers, TimeSpan patience, CancellationToken cancellationToken) =>
        // GetMetadata blocks its thread for up to the timeout.
        Task.Run(
            () =>
            {
                try
                {
                    return Metadata(bootstrapServers, patience).Brokers.Count > 0;
                }
                catch (KafkaException)
                {
                    return false;
                }
            },
            cancellationToken);

    public static async Task<string> GivenAsync(string bootstrapServers, string givenBy, CancellationToken cancellationToken)
    {
        if (bootstrapServers.Split(',').Any(server => server.Split(':') is not [{ Length: > 0 }, var port] || !int.TryParse(port, out _)))
            throw new LocalServersException($"{givenBy} is not a list of Kafka brokers. Write it like kafka-1:9092,kafka-2:9092.");
        try
        {
            await Task.Run(() => Metadata(bootstrapServers, TimeSpan.FromSeconds(5)), cancellationToken);
            return bootstrapServers;
        }
        catch (KafkaException unreachable)
        {
            throw new LocalServersException(
                $"Kafka at {bootstrapServers} ({givenBy}) does not answer: start it, correct the address, or unset {givenBy} to have one started here. Cause: {unreachable.Error.Reason}", unreachable);
        }
    }

    private static Metadata Metadata(string bootstrapServers, TimeSpan patience)
    {
        var configuration = new AdminClientConfig { BootstrapServers = bootstrapServers, SocketTimeoutMs = (int)patience.TotalMilliseconds };
        // What librdkafka would print while the broker is not up yet says nothing that the answer does not say.
        using var admin = new AdminClientBuilder(configuration).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        return admin.GetMetadata(patience);
    }
}
