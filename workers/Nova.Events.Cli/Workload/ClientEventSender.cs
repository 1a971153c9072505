using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Nova.Events.Cli.Workload;

/// <summary>Tells the API what clients saw, in batches, as an app would; a batch that is refused for now is sent again with the same ids.</summary>
/// <param name="http">The API.</param>
/// <param name="progress">Told of every accepted event.</param>
/// <param name="acceptedIds">Takes their ids, for a verdict; null where none is asked for.</param>
/// <param name="time">Clock.</param>
internal sealed class ClientEventSender(HttpClient http, WorkloadProgress progress, ICollection<Guid>? acceptedIds, TimeProvider time)
{
    /// <summary>A background sender waits rather than sends again: the intake's default is made for people.</summary>
    private static readonly Uri Intake = new("/api/v1/events?wait_ms=5000", UriKind.Relative);

    private const int BatchSize = 200;
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);

    /// <summary>Sends until the channel is complete.</summary>
    public async Task RunAsync(ChannelReader<SocialAction> actions, CancellationToken cancellationToken)
    {
        var batch = new List<JsonNode>(BatchSize);
        while (await actions.WaitToReadAsync(cancellationToken))
        {
            // An app gathers for a moment, too: a request for each event would measure the requests.
            await Task.Delay(Gather, time, cancellationToken);
            while (batch.Count < BatchSize && actions.TryRead(out var action)) batch.Add(ToJson(action));
            progress.Accept(await SendAsync(batch, cancellationToken));
            batch.Clear();
        }
    }

    private async Task<int> SendAsync(List<JsonNode> batch, CancellationToken cancellationToken)
    {
        var pending = batch.ToDictionary(node => node["id"]!.GetValue<string>());
        var accepted = 0;
        while (pending.Count > 0)
        {
            using var response = await PostAsync(pending.Values, cancellationToken);
            if (response is { StatusCode: HttpStatusCode.Accepted or HttpStatusCode.MultiStatus }) accepted += await RemoveAcceptedAsync(response, pending, cancellationToken);
            else if (response is not null and not { StatusCode: HttpStatusCode.ServiceUnavailable }) response.EnsureSuccessStatusCode();
            if (pending.Count == 0) break;
            progress.Retry();
            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
        }

        return accepted;
    }

    private async Task<HttpResponseMessage?> PostAsync(IEnumerable<JsonNode> events, CancellationToken cancellationToken)
    {
        try
        {
            var body = new JsonObject { ["events"] = new JsonArray([.. events.Select(node => node.DeepClone())]) };
            return await http.PostAsJsonAsync(Intake, body, cancellationToken);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private async Task<int> RemoveAcceptedAsync(HttpResponseMessage response, Dictionary<string, JsonNode> pending, CancellationToken cancellationToken)
    {
        var answer = await response.Content.ReadFromJsonAsync<JsonObject>(cancellationToken);
        var accepted = 0;
        foreach (var result in answer?["events"]?.AsArray() ?? [])
        {
            if (result!["code"]!.GetValue<string>() != "accepted" || !pending.Remove(result["id"]!.GetValue<string>(), out var node)) continue;
            acceptedIds?.Add(Guid.Parse(node["id"]!.GetValue<string>()));
            accepted++;
        }

        return accepted;
    }

    private JsonObject ToJson(SocialAction action) => new()
    {
        ["id"] = Guid.CreateVersion7(time.GetUtcNow()).ToString(),
        ["type"] = action.Kind.ToString().ToLowerInvariant(),
        ["user_id"] = action.UserId,
        ["post_id"] = action.PostId,
        ["author_id"] = action.AuthorId,
        ["occurred_at"] = time.GetUtcNow().ToString("O"),
    };
}
