using System.Net;
using System.Net.Sockets;
using System.Text;
using Nova.Events.ClickHouse;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.ClickHouse;

/// <summary>What a server says that can't be made to say it: a socket that answers a request with given bytes.</summary>
public sealed class ClickHouseErrorTests
{
    [Theory]
    [InlineData(241, "memory", ClickHouseErrorKind.Transient)]
    [InlineData(999, "Keeper", ClickHouseErrorKind.Transient)]
    [InlineData(33, "truncated", ClickHouseErrorKind.Transient)]
    [InlineData(27, "cannot parse", ClickHouseErrorKind.Row)]
    [InlineData(16, "no such column", ClickHouseErrorKind.Schema)]
    [InlineData(497, "not enough privileges", ClickHouseErrorKind.Denied)]
    [InlineData(252, "Too many parts (3000)", ClickHouseErrorKind.TooManyParts)]
    [InlineData(252, "Too many partitions for single INSERT block (more than 100). The limit is controlled by 'max_partitions_per_insert_block'", ClickHouseErrorKind.Configuration)]
    [InlineData(452, "Setting max_insert_block_size should not be changed", ClickHouseErrorKind.Configuration)]
    [InlineData(27, "cannot parse: while executing: while pushing to view nova.v", ClickHouseErrorKind.View)]
    [InlineData(241, "memory: while pushing to view nova.v", ClickHouseErrorKind.View)]
    public async Task An_exception_on_http_200_counts_as_the_failure_that_it_is(int code, string text, ClickHouseErrorKind kind)
    {
        var error = await FailureAsync($"HTTP/1.1 200 OK\r\nX-ClickHouse-Exception-Code: {code}\r\nContent-Length: {text.Length}\r\n\r\n{text}");
        (error.Code, error.Kind).ShouldBe((code, kind));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Click")]
    public async Task An_answer_that_ends_in_its_middle_leaves_the_outcome_unknown(string answer) =>
        (await FailureAsync(answer)).Kind.ShouldBe(ClickHouseErrorKind.Transient);

    private static async Task<ClickHouseException> FailureAsync(string answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, answer);
        using var client = new ClickHouseClient(new ClickHouseOptions { Url = $"http://{listener.LocalEndpoint}" });
        var error = await Should.ThrowAsync<ClickHouseException>(client.ExecuteAsync("SELECT 1", CancellationToken.None));
        listener.Stop();
        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return error;
    }

    /// <summary>As often as it is asked.</summary>
    private static async Task ServeAsync(TcpListener listener, string answer)
    {
        while (true)
        {
            using var connection = await listener.AcceptTcpClientAsync();
            var stream = connection.GetStream();
            _ = await stream.ReadAsync(new byte[4096]);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        }
    }
}
