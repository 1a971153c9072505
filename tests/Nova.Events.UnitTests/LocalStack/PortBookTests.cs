using System.Net;
using System.Net.Sockets;
using Nova.Events.LocalStack;
using Nova.Events.LocalStack.Files;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.LocalStack;

public sealed class PortBookTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nova-ports").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_name_keeps_its_port_from_run_to_run()
    {
        var first = new PortBook(_folder).Take("kafka");
        new PortBook(_folder).Take("kafka").ShouldBe(first);
    }

    [Fact]
    public void A_remembered_port_that_is_taken_now_gives_way_to_a_free_one()
    {
        var first = new PortBook(_folder).Take("kafka");
        using var stranger = new TcpListener(IPAddress.Loopback, first);
        stranger.Start();
        new PortBook(_folder).Take("kafka").ShouldNotBe(first);
    }

    [Fact]
    public void A_taken_port_that_was_asked_for_is_an_error_that_names_the_remedy()
    {
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();
        var port = ((IPEndPoint)stranger.LocalEndpoint).Port;
        var message = Should.Throw<LocalServersException>(() => new PortBook(_folder).Take("redis", port)).Message;
        message.ShouldStartWith($"Port {port} for redis is taken on 127.0.0.1.");
        message.ShouldContain("ask for another port");
    }

    [Fact]
    public void Two_names_never_share_a_port()
    {
        // A thousand draws without a memory would meet among the system's 28,000 ports.
        var book = new PortBook(_folder);
        Enumerable.Range(0, 1000).Select(number => book.Take($"server-{number}")).ToHashSet().Count.ShouldBe(1000);
    }
}
