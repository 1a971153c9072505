using System.Net;
using System.Net.Sockets;
using Nova.Events.ClickHouse;
using Nova.Events.ClickHouse.Inserting;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.ClickHouse;

public sealed class GivenUpInsertTests
{
    [Fact]
    public async Task An_insert_that_is_given_up_in_the_midst_of_its_body_reads_the_body_no_more()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new ClickHouseClient(new ClickHouseOptions { Url = $"http://{listener.LocalEndpoint}" });
        // More than socket buffers take: the server accepts, and reads nothing.
        using var body = new BlockContent([.. Enumerable.Range(0, 256).Select(static _ => new ReadOnlyMemory<byte>(new byte[256 << 10]))]);
        using var stop = new CancellationTokenSource();
        var insert = client.InsertAsync("INSERT INTO t FORMAT Native", body, new Dictionary<string, string>(), stop.Token);
        using var connection = await listener.AcceptTcpClientAsync();
        _ = await connection.GetStream().ReadAsync(new byte[64]);
        body.UnreadAsync().IsCompleted.ShouldBeFalse();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(insert);
        await body.UnreadAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }
}
