using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Nova.Events.Contracts;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Api;

[Collection(ConsumerServersCollection.Name)]
public sealed class EventsTests(RunningServers servers)
{
    private const string Path = "/api/v1/events";
    private const string Good = """{"type":"view","user_id":1,"post_id":2,"author_id":3}""";

    [Fact]
    public async Task What_is_accepted_is_in_Kafka_with_its_key_and_headers()
    {
        await using var rig = await ApiRig.StartAsync(servers);
        var id = Guid.CreateVersion7();
        var (response, body) = await rig.PostAsync(Path, $$"""[{"id":"{{id}}","type":"share","user_id":41,"post_id":2,"occurred_at":"1999-01-01T00:00:00Z"},{{Good}}]""");
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        body.GetProperty("accepted").GetInt32().ShouldBe(2);
        body.GetProperty("events")[0].GetProperty("id").GetString().ShouldBe(id.ToString());
        Guid.Parse(body.GetProperty("events")[1].GetProperty("id").GetString()!).Version.ShouldBe(7);

        var record = Records(rig.Tenant, 2)[0];
        Encoding.UTF8.GetString(record.Key).ShouldBe("41");
        Header(record, HeaderNames.Id).ShouldBe(id.ToString());
        Header(record, HeaderNames.EventType).ShouldBe("share");
        var value = JsonSerializer.Deserialize(record.Value, EventJson.Default.ClientEvent)!;
        (value.UserId, value.PostId, value.AuthorId).ShouldBe((41L, 2L, 0L));
        // Client time is clamped to the last seven days.
        (TimeProvider.System.GetUtcNow() - value.OccurredAt).ShouldBeInRange(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1), TimeSpan.FromDays(7) + TimeSpan.FromMinutes(1));
        DateTimeOffset.Parse(Header(record, HeaderNames.OccurredAt), null).ShouldBe(value.OccurredAt, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task Each_bad_event_of_a_batch_is_answered_and_the_good_ones_are_kept()
    {
        await using var rig = await ApiRig.StartAsync(servers, ("Api:MaxBatchEvents", "8"));
        var large = $$"""{"type":"view","user_id":1,"post_id":2,"text":"{{new string('x', 2 << 20)}}"}""";
        string[] events =
        [
            Good, "\"not an object\"", """{"type":"purchase","user_id":1,"post_id":2}""", large, """{"type":"view","user_id":"me","post_id":2}""",
            """{"type":"view","user_id":1}""", """{"type":"view","id":"7","user_id":1,"post_id":2}""", Good, Good,
        ];
        var (response, body) = await rig.PostAsync(Path, "[" + string.Join(",", events) + "]");
        response.StatusCode.ShouldBe(HttpStatusCode.MultiStatus);
        Codes(body).ShouldBe(["accepted", "not_an_object", "unknown_type", "too_large", "invalid", "invalid", "invalid", "accepted", "batch_full"]);
        body.GetProperty("events").EnumerateArray().Select(answer => answer.GetProperty("status").GetInt32()).ShouldBe([202, 400, 400, 413, 400, 400, 400, 202, 413]);
        body.GetProperty("events")[2].GetProperty("detail").GetString().ShouldBe("The type must be one of impression, view, like, share.");
        body.GetProperty("events")[4].GetProperty("detail").GetString().ShouldBe("The value of user_id has the wrong type.");
        Records(rig.Tenant, 2).Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_not_JSON_is_answered_where_it_stands()
    {
        await using var rig = await ApiRig.StartAsync(servers);
        var (lines, body) = await rig.PostAsync(Path, Good + "\nnot json\n{\"type\":\n\n" + Good, "application/x-ndjson");
        lines.StatusCode.ShouldBe(HttpStatusCode.MultiStatus);
        Codes(body).ShouldBe(["accepted", "not_json", "not_json", "accepted"]);

        (lines, body) = await rig.PostAsync(Path, "{\"events\":[" + Good + ", not json, " + Good + "]}");
        lines.StatusCode.ShouldBe(HttpStatusCode.MultiStatus);
        Codes(body).ShouldBe(["accepted", "not_json"]);

        (lines, body) = await rig.PostAsync(Path, "not json at all");
        lines.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        lines.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        body.GetProperty("detail").GetString()!.ShouldContain("JSON array");
    }

    [Fact]
    public async Task A_body_over_the_limit_and_a_batch_without_a_good_event_are_problems()
    {
        await using var rig = await ApiRig.StartAsync(servers, ("Api:MaxEventBytes", "1000"), ("Api:MaxBatchBytes", "2000"));
        var (response, body) = await rig.PostAsync(Path, "[" + new string(' ', 2_000) + "]");
        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        body.GetProperty("detail").GetString().ShouldBe("A batch takes 2000 bytes. Send fewer events in a call.");
        (response, body) = await rig.PostAsync(Path, "[1]");
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        body.GetProperty("events")[0].GetProperty("code").GetString().ShouldBe("not_an_object");
        (await rig.PostAsync(Path + "?wait_ms=0", "[" + Good + "]")).Response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await rig.PostAsync(Path + "?wait_ms=9000", "[" + Good + "]")).Response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task While_Kafka_is_away_nothing_is_claimed_and_the_answer_comes_within_the_budget()
    {
        await using var rig = await ApiRig.StartAsync(servers, ("Kafka:BootstrapServers", "127.0.0.1:1"), ("Api:PublishBudget", "00:00:00.1"), ("Api:PublishTimeout", "00:00:01"));
        await rig.PostAsync(Path, "[1]");
        var started = Stopwatch.GetTimestamp();
        var (response, body) = await rig.PostAsync(Path, "[" + Good + ",1]");
        // The budget is 100 ms; the rest is for a busy machine.
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(1));
        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        Codes(body).ShouldBe(["not_acknowledged", "not_an_object"]);
        body.GetProperty("events")[0].GetProperty("id").GetString().ShouldNotBeNullOrEmpty();
    }

    private static string[] Codes(JsonElement body) => [.. body.GetProperty("events").EnumerateArray().Select(answer => answer.GetProperty("code").GetString()!)];

    private static string Header(Message<byte[], byte[]> record, string name) => Encoding.UTF8.GetString(record.Headers.GetLastBytes(name));

    private List<Message<byte[], byte[]>> Records(string tenant, int count)
    {
        var config = new ConsumerConfig { BootstrapServers = servers.Kafka, GroupId = "look", AutoOffsetReset = AutoOffsetReset.Earliest };
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var partitions = admin.GetMetadata(Topics.ClientEvents, TimeSpan.FromSeconds(10)).Topics[0].Partitions;
        consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(Topics.ClientEvents, partition.PartitionId, Offset.Beginning)));
        var records = new List<Message<byte[], byte[]>>();
        while (records.Count < count && consumer.Consume(TimeSpan.FromSeconds(20)) is { } result)
            if (result.Message.Headers.TryGetLastBytes(HeaderNames.Tenant, out var value) && Encoding.UTF8.GetString(value) == tenant) records.Add(result.Message);
        return [.. records.OrderBy(record => Encoding.UTF8.GetString(record.Key) == "41" ? 0 : 1)];
    }
}
