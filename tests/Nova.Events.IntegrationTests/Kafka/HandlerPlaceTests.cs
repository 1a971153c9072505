using System.Text;
using Confluent.Kafka;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Consuming.Handling;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Kafka;

/// <summary>Where a partition is read from, and what its log has there.</summary>
[Collection(ConsumerServersCollection.Name)]
public sealed class HandlerPlaceTests(RunningServers servers)
{
    public static TheoryData<GroupProtocol> Protocols => [GroupProtocol.Classic, GroupProtocol.Consumer];

    /// <summary>Regression: it ended every membership, and with it the reading of all other partitions.</summary>
    [Theory, MemberData(nameof(Protocols))]
    public async Task A_committed_offset_beyond_the_end_of_its_log_holds_that_partition_alone_until_it_is_set_anew(GroupProtocol protocol)
    {
        using var rig = await HandlerRig.StartAsync(servers, partitions: 2);
        await rig.WriteAsync(40, i => $"k{i}");
        var end = rig.End(1);
        rig.Commit(0, 1_000);
        var member = rig.Run((_, _) => Outcome.Handled, options => options.Protocol = protocol);
        await rig.HandledAsync((int)end, member);
        (await Eventually.LocalAsync(() => rig.Committed(partition: 1), offset => offset == end)).ShouldBe(end);
        ConsumerMetrics.Readings(rig.Group).Single(reading => reading.Topic == rig.Topic && reading.Partition == 0).Status.ShouldBe(PartitionStatus.Held);
        await rig.WriteAsync(40, i => $"k{i}");
        end = rig.End(1);
        await rig.HandledAsync((int)end, member);
        rig.Handled.ShouldAllBe(seen => seen.Partition == 1);
        rig.LostOrRevoked.ShouldBe(0);
        await member.EndAsync();

        rig.Commit(0, 0);
        var next = rig.Run((_, _) => Outcome.Handled, options => options.Protocol = protocol);
        await rig.HandledAsync(80, next);
        await next.EndAsync();
        rig.Handled.Select(seen => seen.Number).Order().ShouldBe(Enumerable.Range(0, 80));
    }

    [SkippableFact]
    public async Task A_committed_offset_behind_an_open_transaction_is_read_on_from_once_that_ends()
    {
        Skip.If(servers.All.Kafka.IsMock, "the mock cluster knows no transactions");
        using var rig = await HandlerRig.StartAsync(servers);
        using var producer = Transactional(rig);
        producer.BeginTransaction();
        foreach (var number in new[] { 100, 101 }) await producer.ProduceAsync(rig.Topic, Message(number));
        rig.Commit(0, rig.End(0));
        var member = rig.Run((_, _) => Outcome.Handled);
        PartitionReading? Reading() => ConsumerMetrics.Readings(rig.Group).Select(reading => (PartitionReading?)reading).FirstOrDefault(reading => reading!.Value.Topic == rig.Topic);
        (await Eventually.LocalAsync(Reading, reading => reading is not null))!.Value.Status.ShouldBe(PartitionStatus.Running);
        producer.CommitTransaction(TimeSpan.FromSeconds(30));
        await rig.WriteAsync(1, _ => "k");
        await rig.HandledAsync(1, member);
        await member.EndAsync();
        rig.Handled.Select(seen => seen.Number).ShouldBe([0]);
    }

    /// <summary>Regression: behind the marker of a transaction there was always something left.</summary>
    [SkippableFact]
    public async Task Behind_a_transaction_at_the_end_of_the_log_nothing_is_left()
    {
        Skip.If(servers.All.Kafka.IsMock, "the mock cluster knows no transactions");
        using var rig = await HandlerRig.StartAsync(servers);
        using var producer = Transactional(rig);
        producer.BeginTransaction();
        foreach (var number in new[] { 100, 101 }) await producer.ProduceAsync(rig.Topic, Message(number));
        producer.CommitTransaction(TimeSpan.FromSeconds(30));
        var member = rig.Run((_, _) => Outcome.Handled);
        await rig.HandledAsync(2, member);
        (await Eventually.LocalAsync(() => rig.Committed(), offset => offset == 3)).ShouldBe(3);
        ConsumerMetrics.Readings(rig.Group).Single(reading => reading.Topic == rig.Topic).Lag.ShouldBe(0);
        await member.EndAsync();
        rig.End(0).ShouldBe(3);
    }

    /// <summary>Regression: what has no position was handled as often as it came, whoever wrote it again.</summary>
    [Fact]
    public async Task With_a_window_of_event_ids_a_repeat_without_a_position_is_handled_once_by_a_new_owner_too()
    {
        using var rig = await HandlerRig.StartAsync(servers);
        var ids = Enumerable.Range(0, 20).Select(_ => Guid.CreateVersion7()).ToList();
        foreach (var half in new[] { ids.Take(10), ids.Skip(5) })
        {
            foreach (var id in half) await rig.WriteAsync(rig.Topic, Message(ids.IndexOf(id), id));
            var member = rig.Run((_, _) => Outcome.Handled, options => options.EventIdWindows[rig.Topic] = 100);
            var end = rig.End(0);
            (await Eventually.LocalAsync(() => rig.Committed(), offset => offset == end)).ShouldBe(end);
            await member.EndAsync();
        }

        rig.Handled.Select(seen => seen.Number).Order().ShouldBe(Enumerable.Range(0, 20));
    }

    private static Message<byte[], byte[]> Message(int number, Guid? id = null) => new()
    {
        Key = "k"u8.ToArray(),
        Value = Encoding.UTF8.GetBytes(number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        Headers = id is { } known ? [new Header(HeaderNames.Id, Encoding.UTF8.GetBytes(known.ToString()))] : [],
    };

    private static IProducer<byte[], byte[]> Transactional(HandlerRig rig)
    {
        var producer = new ProducerBuilder<byte[], byte[]>(rig.Kafka.ApplyTo(new ProducerConfig { TransactionalId = rig.Topic }, "transactional")).Build();
        producer.InitTransactions(TimeSpan.FromSeconds(30));
        return producer;
    }
}
