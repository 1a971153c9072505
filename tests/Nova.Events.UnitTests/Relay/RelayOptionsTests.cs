using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nova.Events.Kafka;
using Nova.Events.Relay;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Relay;

public sealed class RelayOptionsTests
{
    [Fact]
    public void The_defaults_need_a_connection_string_only() =>
        Read(("Relay:ConnectionString", "Host=db")).Publications.ShouldBe("nova_outbox,nova_cdc");

    [Fact]
    public void Every_error_is_told_at_once_with_its_remedy() => Failures<RelayOptions>(
        ("Relay:Slot", "Nova-Relay"), ("Relay:Source", "a@b"), ("Relay:MaxInFlightBytes", "5"), ("Relay:HeartbeatInterval", "00:00:20"), ("Relay:TopicPrefix", ""),
        ("Relay:OutboxRetention", "00:59:59"), ("Relay:RetentionInterval", "1.00:00:01"), ("Relay:WalSenderTimeout", "00:00:02")).ShouldBe(
    [
        "Relay:ConnectionString is required. Set it, or NOVA_POSTGRES.",
        "Relay:Slot takes 1 to 63 of a-z, 0-9 and _.",
        "Relay:TopicPrefix: The TopicPrefix field is required.",
        "Relay:MaxInFlightBytes: The field MaxInFlightBytes must be between 1048576 and 1099511627776.",
        "Relay:Source takes letters, digits, '-', '_' and '.', at most 64; it is 'a@b'.",
        "Relay:HeartbeatTimeout (00:00:30) must be at least three times Relay:HeartbeatInterval (00:00:20).",
        "Relay:WalSenderTimeout (00:00:02) must be at least three times Relay:StatusInterval (00:00:01).",
        "Relay:OutboxRetention (00:59:59) must be at least an hour.",
        "Relay:RetentionInterval (1.00:00:01) must be above zero and at most a day: partitions are made 14 days ahead.",
    ]);

    [Fact]
    public void Polling_takes_no_captured_tables_and_intervals_in_their_order() => Failures<RelayOptions>(
        ("Relay:ConnectionString", "Host=db"), ("Relay:Mode", "Polling"), ("Relay:Capture:Tables:public.posts:Topic", "posts"), ("Relay:Polling:Interval", "00:00:01"),
        ("Relay:Polling:LeaseLength", "00:00:00.5"), ("Relay:Polling:AcknowledgeTimeout", "00:00:00.5"), ("Relay:Polling:BatchRows", "0")).ShouldBe(
    [
        "Relay:Capture:Tables needs the WAL; Relay:Mode=Polling publishes the outbox and event streams only.",
        "Relay:Polling:BatchRows: The field BatchRows must be between 1 and 10000.",
        "Relay:Polling:Interval (00:00:01) must be at least a millisecond, at most Relay:Polling:MaxInterval (00:00:00.5000000), and that at most a minute.",
        "Relay:Polling:LeaseLength (00:00:00.5000000) must be between a second and ten minutes.",
        "Relay:Polling:AcknowledgeTimeout (00:00:00.5000000) must be at least a second.",
    ]);

    [Fact]
    public void Kafka_s_address_is_required() =>
        Failures<KafkaOptions>(("Relay:ConnectionString", "Host=db")).ShouldBe(["Kafka:BootstrapServers is required. Set it, or NOVA_KAFKA."]);

    [Fact]
    public void Configured_publications_take_the_place_of_the_defaults() =>
        Read(("Relay:ConnectionString", "Host=db"), ("Relay:Publications", "mine")).Publications.ShouldBe("mine");

    private static string[] Failures<TOptions>(params (string Key, string Value)[] settings) where TOptions : class
    {
        using var services = Services(settings);
        return [.. Should.Throw<OptionsValidationException>(() => services.GetRequiredService<IOptions<TOptions>>().Value).Failures];
    }

    private static RelayOptions Read(params (string Key, string Value)[] settings)
    {
        using var services = Services(settings);
        return services.GetRequiredService<IOptions<RelayOptions>>().Value;
    }

    private static ServiceProvider Services((string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();
        return new ServiceCollection().AddRelay(configuration).BuildServiceProvider();
    }
}
