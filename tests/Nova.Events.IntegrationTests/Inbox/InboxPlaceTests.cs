using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Consuming;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Inbox;

/// <summary>The inbox and Kafka disagree about where the group is.</summary>
[Collection(ConsumerServersCollection.Name)]
public sealed class InboxPlaceTests(RunningServers servers)
{
    [Fact]
    public async Task A_database_restored_to_before_Kafka_s_commit_gets_what_it_lost()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(50, _ => "k");
        await RunToAsync(rig, 50);
        await rig.ExecuteAsync("DELETE FROM ledger WHERE number >= 20; UPDATE nova.inbox SET next_offset = 20, state = '1;p:main@1.64.98' WHERE next_offset = 50");
        var member = rig.Run();
        await rig.BookedAsync(50, member);
        await member.EndAsync();
        (await rig.NumbersAsync()).ShouldBe(Enumerable.Range(0, 50));
        rig.Lines.ShouldContain(line => line.StartsWith("Warning inbox-behind", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_database_restored_under_a_member_that_has_nothing_to_do_gets_what_it_lost()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(50, _ => "k");
        var member = rig.Run(configure: options => options.IdleLook = TimeSpan.FromMilliseconds(100));
        await rig.BookedAsync(50, member);
        await rig.ExecuteAsync("BEGIN; DELETE FROM ledger WHERE number >= 20; UPDATE nova.inbox SET next_offset = 20, state = '1;p:main@1.64.98' WHERE next_offset = 50; COMMIT");
        await rig.BookedAsync(50, member);
        await member.EndAsync();
        (await rig.NumbersAsync()).ShouldBe(Enumerable.Range(0, 50));
    }

    [Fact]
    public async Task A_database_without_the_row_that_was_there_gets_everything_from_where_the_inbox_began()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(30, _ => "k");
        await RunToAsync(rig, 30);
        await rig.ExecuteAsync("TRUNCATE ledger; DELETE FROM nova.inbox");
        var member = rig.Run();
        await rig.BookedAsync(30, member);
        await member.EndAsync();
        (await rig.NumbersAsync()).ShouldBe(Enumerable.Range(0, 30));
    }

    /// <summary>The marker of a transaction takes an offset and is no record: a row before it would say for ever that something is left, and retention would make a gap of it.</summary>
    [Fact]
    public async Task A_row_moves_past_the_markers_of_transactions_at_the_end_of_the_log()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        var member = rig.Run();
        using (var producer = new ProducerBuilder<byte[], byte[]>(rig.Kafka.Kafka.ApplyTo(new ProducerConfig { TransactionalId = rig.Kafka.Topic }, "test")).Build())
        {
            producer.InitTransactions(TimeSpan.FromSeconds(30));
            for (var i = 0; i < 3; i++)
            {
                producer.BeginTransaction();
                producer.Produce(rig.Kafka.Topic, InboxRig.Message(i));
                producer.CommitTransaction(TimeSpan.FromSeconds(30));
            }
        }

        await rig.BookedAsync(3, member);
        (await Eventually.ValueAsync(() => rig.NextAsync(), next => next == 6)).ShouldBe(6);
        await member.EndAsync();
        (await rig.NumbersAsync()).ShouldBe([0, 1, 2]);
    }

    [Fact]
    public async Task A_group_that_has_consumed_without_an_inbox_goes_on_where_it_was_with_its_positions()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(10, _ => "k");
        var before = rig.Kafka.Run((_, _) => Outcome.Handled, options => options.ReadRetryTopic = false);
        await rig.Kafka.HandledAsync(10, before);
        await before.EndAsync();
        await rig.Kafka.WriteAsync(rig.Kafka.Topic, InboxRig.Message(-1, ("position", "main@0001.0000000000000064.00000009")));
        await rig.Kafka.WriteAsync(5, _ => "k");
        await RunToAsync(rig, 5);
        (await rig.NumbersAsync()).ShouldBe(Enumerable.Range(10, 5));
        (await rig.ScalarAsync<long>("SELECT first_offset FROM nova.inbox WHERE next_offset > 0")).ShouldBe(10);
    }

    [Fact]
    public async Task What_retention_took_stops_the_partition_with_the_remedy_and_is_not_passed_over()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(20, _ => "k");
        await RunToAsync(rig, 20);
        await rig.Kafka.WriteAsync(20, _ => "k");
        using (var admin = new AdminClientBuilder(rig.Kafka.Kafka.ApplyTo(new AdminClientConfig(), "test")).Build())
            await admin.DeleteRecordsAsync([new TopicPartitionOffset(rig.Kafka.Topic, 0, 30)], new DeleteRecordsOptions { RequestTimeout = TimeSpan.FromSeconds(10) });
        var member = rig.Run();
        var line = await rig.LineAsync("inbox-stopped");
        line.ShouldContain($"begins at 30, after 20 where the inbox of {rig.Kafka.Group} is");
        (await Eventually.LocalAsync(() => StatusOf(rig), status => status == PartitionStatus.Retrying)).ShouldBe(PartitionStatus.Retrying);
        (await rig.CountAsync()).ShouldBe(20);
        // As the line says; nothing needs a restart.
        await rig.ExecuteAsync(line[line.IndexOf("UPDATE", StringComparison.Ordinal)..]);
        await rig.BookedAsync(30, member);
        (await Eventually.LocalAsync(() => StatusOf(rig), status => status == PartitionStatus.Running)).ShouldBe(PartitionStatus.Running);
        await member.EndAsync();
        (await rig.NumbersAsync()).ShouldBe([.. Enumerable.Range(0, 20), .. Enumerable.Range(30, 10)]);
    }

    [SkippableTheory]
    [InlineData(5)]
    [InlineData(40)]
    public async Task A_topic_made_anew_stops_the_partition_with_the_remedy_also_where_its_log_is_longer_than_the_old_one(int records)
    {
        Skip.If(servers.All.Kafka.IsMock, "the mock cluster keeps a topic's id");
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(20, _ => "k");
        await RunToAsync(rig, 20);
        using (var admin = new AdminClientBuilder(rig.Kafka.Kafka.ApplyTo(new AdminClientConfig(), "test")).Build())
        {
            await admin.DeleteTopicsAsync([rig.Kafka.Topic]);
            await Eventually.LocalAsync(() => admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.Exists(topic => topic.Topic == rig.Kafka.Topic), exists => !exists);
        }

        await rig.Kafka.CreateAsync(rig.Kafka.Topic, 1);
        for (var i = 0; i < records; i++) await rig.Kafka.WriteAsync(rig.Kafka.Topic, InboxRig.Message(1_000 + i));
        var member = rig.Run();
        var line = await rig.LineAsync("inbox-stopped");
        line.ShouldContain($"topic '{rig.Kafka.Topic}' was made anew");
        (await rig.CountAsync()).ShouldBe(20);
        await rig.ExecuteAsync(line[line.IndexOf("UPDATE", StringComparison.Ordinal)..]);
        await rig.BookedAsync(20 + records, member);
        await member.EndAsync();
        (await rig.NumbersAsync()).ShouldBe([.. Enumerable.Range(0, 20), .. Enumerable.Range(1_000, records)]);
    }

    [Fact]
    public async Task A_group_that_begins_at_the_end_begins_at_the_end_as_it_was_when_it_came_first()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(10, _ => "k");
        var first = rig.Run(configure: options => options.StartAtEnd = true);
        (await Eventually.ValueAsync(() => rig.NextAsync(), next => next == 10)).ShouldBe(10);
        await first.EndAsync();
        await rig.Kafka.WriteAsync(10, _ => "k");
        await RunToAsync(rig, 10);
        (await rig.NumbersAsync()).ShouldBe(Enumerable.Range(10, 10));
    }

    private static PartitionStatus? StatusOf(InboxRig rig) =>
        ConsumerMetrics.Readings(rig.Kafka.Group).Where(reading => reading.Topic == rig.Kafka.Topic).Select(reading => (PartitionStatus?)reading.Status).SingleOrDefault();

    private static async Task RunToAsync(InboxRig rig, int count)
    {
        var member = rig.Run();
        await rig.BookedAsync(count, member);
        (await Eventually.LocalAsync(() => rig.Kafka.Committed(), offset => offset > 0)).ShouldBeGreaterThan(0);
        await member.EndAsync();
    }
}
