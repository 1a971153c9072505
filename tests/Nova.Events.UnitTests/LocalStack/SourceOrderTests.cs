using Nova.Events.LocalStack;
using Nova.Events.LocalStack.Sources;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.LocalStack;

public sealed class SourceOrderTests
{
    private static readonly Func<string, string?> NoEnvironment = _ => null;

    [Theory]
    [InlineData(ServerKind.Postgres, "programs docker apt npm")]
    [InlineData(ServerKind.Kafka, "programs docker mock")]
    [InlineData(ServerKind.ClickHouse, "programs docker npm")]
    [InlineData(ServerKind.Redis, "programs docker apt")]
    public void Programs_come_before_containers_and_containers_before_packages(ServerKind kind, string order) =>
        Names(kind, new LocalServersOptions { Sources = null }, NoEnvironment).ShouldBe(order);

    [Fact]
    public void An_address_in_the_environment_leaves_no_other_source() =>
        Names(ServerKind.Kafka, new LocalServersOptions { Sources = "kafka:mock" }, name => name == "NOVA_KAFKA" ? "kafka:9092" : null).ShouldBe("address");

    [Fact]
    public void A_configured_address_needs_no_environment() =>
        Names(ServerKind.Redis, new LocalServersOptions { Addresses = new Dictionary<ServerKind, string> { [ServerKind.Redis] = "cache:6379" } }, NoEnvironment).ShouldBe("address");

    [Fact]
    public void A_forced_source_is_the_only_one_for_its_server_and_leaves_the_others_alone()
    {
        var options = new LocalServersOptions { Sources = "postgres:npm, kafka:Mock" };
        Names(ServerKind.Postgres, options, NoEnvironment).ShouldBe("npm");
        Names(ServerKind.Kafka, options, NoEnvironment).ShouldBe("mock");
        Names(ServerKind.Redis, options, NoEnvironment).ShouldBe("programs docker apt");
    }

    [Fact]
    public void A_forced_source_that_does_not_exist_is_answered_with_those_that_do() =>
        Should.Throw<LocalServersException>(() => SourceOrder.For(ServerKind.Kafka, new LocalServersOptions { Sources = "kafka:npm" }, NoEnvironment))
            .Message.ShouldBe("NOVA_SOURCES asks for Kafka from 'npm'; it can come from programs, docker, mock.");

    private static string Names(ServerKind kind, LocalServersOptions options, Func<string, string?> environment) =>
        string.Join(' ', SourceOrder.For(kind, options, environment).Select(source => source.Name));
}
