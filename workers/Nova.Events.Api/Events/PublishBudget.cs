using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Nova.Events.Api.Events;

/// <summary>How long a call may wait: query <c>wait_ms</c> in milliseconds, else header <c>Prefer: wait=…</c> in seconds (RFC 7240), else the default.</summary>
internal static class PublishBudget
{
    /// <summary>The budget; null where the call asks for none that can be given.</summary>
    public static TimeSpan? Of(HttpRequest request, ApiOptions options)
    {
        if (request.Query.TryGetValue("wait_ms", out var text))
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
                ? Within(TimeSpan.FromMilliseconds(milliseconds), options) : null;
        foreach (var preference in request.Headers["Prefer"].SelectMany(header => (header ?? "").Split(',', StringSplitOptions.TrimEntries)))
            if (preference.StartsWith("wait=", StringComparison.OrdinalIgnoreCase))
                return int.TryParse(preference.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                    ? Within(TimeSpan.FromSeconds(seconds), options) : null;
        return options.PublishBudget;
    }

    private static TimeSpan? Within(TimeSpan budget, ApiOptions options) => budget > TimeSpan.Zero && budget <= options.MaxPublishBudget ? budget : null;
}
