using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Nova.Events.ClickHouse;

/// <summary>ClickHouse over HTTP. Safe for concurrent use; one for each server is enough.</summary>
public sealed class ClickHouseClient : IDisposable
{
    private const int UnknownCode = 0;
    private readonly ClickHouseOptions _options;
    private readonly HttpClient _http;

    /// <summary>A client of the server that <paramref name="options"/> name; connects when first used.</summary>
    public ClickHouseClient(ClickHouseOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _http = new HttpClient(new SocketsHttpHandler
        {
            // Below the shortest keep-alive that servers come with (3 s): a connection that the server is about to close is not used.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            AutomaticDecompression = DecompressionMethods.None,
        })
        {
            BaseAddress = new Uri(options.Url),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.Add("X-ClickHouse-User", options.User);
        if (options.Password.Length > 0) _http.DefaultRequestHeaders.Add("X-ClickHouse-Key", options.Password);
    }

    /// <summary>Database that unqualified names are looked up in.</summary>
    public string Database => _options.Database;

    /// <summary>Whom it asks as.</summary>
    public string User => _options.User;

    /// <summary>Runs a statement that answers nothing.</summary>
    /// <exception cref="ClickHouseException">It failed, or the server could not be reached.</exception>
    public Task ExecuteAsync(string sql, CancellationToken cancellationToken) => ExecuteAsync(sql, _options.Database, cancellationToken);

    /// <summary>Rows of a query, each mapped from its JSON object; 64-bit integers come as JSON numbers, wider ones as strings.</summary>
    /// <param name="sql">The query, without FORMAT; parameters as <c>{name:Type}</c>.</param>
    /// <param name="map">Makes a row of an object.</param>
    /// <param name="parameters">Values of the parameters.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClickHouseException">It failed, or the server could not be reached.</exception>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, Func<JsonElement, T> map, IReadOnlyDictionary<string, object>? parameters, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        await foreach (var row in StreamAsync(sql, map, parameters, cancellationToken)) rows.Add(row);
        return rows;
    }

    /// <summary>Like <see cref="QueryAsync{T}"/>, one row after the other.</summary>
    /// <exception cref="ClickHouseException">It failed, or the server could not be reached.</exception>
    public async IAsyncEnumerable<T> StreamAsync<T>(
        string sql, Func<JsonElement, T> map, IReadOnlyDictionary<string, object>? parameters, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(map);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["default_format"] = "JSONEachRow",
            ["output_format_json_quote_64bit_integers"] = "0",
        };
        foreach (var (name, value) in parameters ?? new Dictionary<string, object>())
            settings["param_" + name] = Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
        using var deadline = Deadline(_options.QueryTimeout, cancellationToken);
        using var response = await SendAsync(new StringContent(sql, Encoding.UTF8), _options.Database, settings, deadline.Token, cancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(deadline.Token));
        while (await reader.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line.Length == 0) continue;
            using var document = JsonDocument.Parse(line);
            yield return map(document.RootElement);
        }
    }

    /// <summary>Sends the body of an INSERT; returns once the server has answered for all of it, the views included.</summary>
    /// <exception cref="ClickHouseException">It failed, or its outcome is unknown.</exception>
    internal async Task InsertAsync(string sql, HttpContent body, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var query = new Dictionary<string, string>(settings, StringComparer.Ordinal) { ["query"] = sql };
        using var deadline = Deadline(_options.InsertTimeout, cancellationToken);
        using var response = await SendAsync(body, _options.Database, query, deadline.Token, cancellationToken);
    }

    internal async Task ExecuteAsync(string sql, string database, CancellationToken cancellationToken)
    {
        using var deadline = Deadline(_options.QueryTimeout, cancellationToken);
        using var response = await SendAsync(new StringContent(sql, Encoding.UTF8), database, new Dictionary<string, string>(), deadline.Token, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpContent body, string database, IReadOnlyDictionary<string, string> settings, CancellationToken deadline, CancellationToken cancellationToken)
    {
        var uri = new StringBuilder("/?wait_end_of_query=1&http_write_exception_in_output_format=0&database=").Append(Uri.EscapeDataString(database));
        foreach (var (name, value) in settings) uri.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        using var request = new HttpRequestMessage(HttpMethod.Post, uri.ToString()) { Content = body };
        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline);
            await ThrowOnErrorAsync(response, deadline);
            return response;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ClickHouseException(UnknownCode, ClickHouseErrorKind.Transient, $"ClickHouse at {_options.Url} did not answer in time. Where it is busy and not away, raise {ClickHouseOptions.Section}:QueryTimeout or {ClickHouseOptions.Section}:InsertTimeout.", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new ClickHouseException(
                UnknownCode,
                ClickHouseErrorKind.Transient,
                $"ClickHouse cannot be reached at {_options.Url} ({exception.Message}). Is the server running, and is {ClickHouseOptions.Section}:Url its HTTP port?",
                exception);
        }
    }

    private async Task ThrowOnErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        // A failure can come with status 200 and this header.
        var failed = response.Headers.TryGetValues("X-ClickHouse-Exception-Code", out var codes);
        if (response.IsSuccessStatusCode && !failed) return;
        using (response)
        {
            _ = int.TryParse(codes?.FirstOrDefault(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var code);
            var text = (await response.Content.ReadAsStringAsync(cancellationToken)).Trim();
            var kind = ErrorCodes.KindOf(code, text);
            if (text.Length > 500) text = text[..500] + "…";
            throw new ClickHouseException(code, kind, kind switch
            {
                ClickHouseErrorKind.Denied =>
                    $"ClickHouse at {_options.Url} refused user '{_options.User}': {text} Check {ClickHouseOptions.Section}:User, {ClickHouseOptions.Section}:Password and the user's grants.",
                ClickHouseErrorKind.View => $"{text} A view on the table throws: mend or drop it; rows are kept and inserted under the same token until then.",
                ClickHouseErrorKind.Configuration => $"{text} Exactly-once needs this setting: let the profile of user '{_options.User}' allow it.",
                ClickHouseErrorKind.Schema => $"{text} Has `nova schema up` been run against {_options.Url}, database '{_options.Database}'?",
                _ => text,
            });
        }
    }

    private static CancellationTokenSource Deadline(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        source.CancelAfter(timeout);
        return source;
    }

    // Values of parameters are read like a TSV field.
    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
