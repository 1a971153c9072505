using Nova.Events.Contracts;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Outbox;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Relay;

[Collection(ServersCollection.Name)]
public sealed class RelayWritersTests(RunningServers servers)
{
    /// <summary>P4: rows of one COPY or one multi-row INSERT share an LSN; no record is skipped or repeated for it.</summary>
    [Fact]
    public async Task A_batch_and_a_copy_of_one_transaction_are_published_in_their_order_also_by_the_next_relay()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var connection = await rig.Database.DataSource.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await transaction.EmitAsync([.. Enumerable.Range(0, 300).Select(i => Messages.Post($"Batch{i}"))]);
            await transaction.CopyAsync(Enumerable.Range(0, 300).Select(i => Messages.Post($"Copy{i}")));
            await transaction.CommitAsync();
        }

        string[] written = [.. Enumerable.Range(0, 300).Select(i => $"Batch{i}"), .. Enumerable.Range(0, 300).Select(i => $"Copy{i}")];
        for (var start = 0; start < 2; start++)
        {
            await using var relay = await rig.StartAsync();
            var log = await rig.LogAsync(600);
            log.Select(RelayRig.TypeOf).ShouldBe(written);
            log.OrderBy(record => record.Offset).Select(record => record.Header(HeaderNames.Position)).ShouldBe(log.Select(record => record.Header(HeaderNames.Position)));
            await RelayRig.StopAsync(relay);
        }
    }
}
