using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Nova.Events.LocalStack.ClickHouse;

internal static class ClickHouseCheck
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero }) { Timeout = TimeSpan.FromSeconds(5) };

    public static async Task<bool> AnswersAsync(Uri http, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await AskAsync(http, cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException || (notYet is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    public static async Task<string> GivenAsync(string address, string givenBy, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var http) || http.Scheme is not ("http" or "https"))
            throw new LocalServersException($"{givenBy} is not the URL of ClickHouse's HTTP interface. Write it like http://user:password@clickhouse:8123/.");
        try
        {
            using var answer = await AskAsync(http, cancellationToken);
            if (answer.IsSuccessStatusCode) return http.Authority;
            var said = (await answer.Content.ReadAsStringAsync(cancellationToken)).Split('\n')[0];
            var refused = answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden || Code(answer) == "516";
            throw new LocalServersException(refused
                ? $"ClickHouse at {http.Authority} refused the login: correct user and password in {givenBy}. It said: {said}"
                : $"ClickHouse at {http.Authority} ({givenBy}) answered {(int)answer.StatusCode}: is this its HTTP port? It said: {said}");
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException || (unreachable is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new LocalServersException($"ClickHouse at {http.Authority} ({givenBy}) does not answer: start it, correct the address, or unset {givenBy} to have one started here. Cause: {unreachable.Message}", unreachable);
        }
    }

    private static string? Code(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("X-ClickHouse-Exception-Code", out var values) ? values.FirstOrDefault() : null;

    private static async Task<HttpResponseMessage> AskAsync(Uri http, CancellationToken cancellationToken)
    {
        var bare = new UriBuilder(http) { UserName = "", Password = "", Query = "query=SELECT%201" }.Uri;
        using var request = new HttpRequestMessage(HttpMethod.Get, bare);
        if (http.UserInfo.Length > 0)
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(http.UserInfo))));
        return await Client.SendAsync(request, cancellationToken);
    }
}
