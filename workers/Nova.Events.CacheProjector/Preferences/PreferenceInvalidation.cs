using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Contracts.Social;
using Nova.Events.Redis;

namespace Nova.Events.CacheProjector.Preferences;

/// <summary>
/// A changed preference becomes a tombstone of its version. The row itself is not read: the event may be here before the row is visible,
/// and what is read then would be the old value.
/// </summary>
internal sealed class PreferenceInvalidation(
    VersionedCache cache, IOptions<CacheProjectorOptions> options, TimeProvider time, ILogger<PreferenceInvalidation> logger) : IRecordHandler
{
    public async ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken cancellationToken)
    {
        // A tombstone record ends a compacted key; it carries no version, so there is nothing that it could invalidate.
        if (record.IsTombstone) return Outcome.Handled;
        if (record.Header(HeaderNames.EventType) is not { } name) return Outcome.Poisoned($"Header '{HeaderNames.EventType}' is missing.");
        if (!EventTypeRegistry.Social.TryGet(name, out var type)) return Outcome.Poisoned($"Event type '{name}' is not registered.");
        if (type.JsonTypeInfo.Type != typeof(UserPreferenceChanged)) return Outcome.Handled;
        var tenant = record.Header(HeaderNames.Tenant) ?? "";
        if (!RedisKeys.IsValidTenant(tenant)) return Outcome.Poisoned($"Header '{HeaderNames.Tenant}' is not a tenant's name.");
        if (Parse(record.Value, out var failure) is not { } changed) return Outcome.Poisoned("The payload is not a UserPreferenceChanged.", failure);
        if (changed.UserId <= 0 || changed.Version <= 0) return Outcome.Poisoned("user_id and version must be above 0.");
        return await InvalidateAsync(record, tenant, changed, cancellationToken);
    }

    private async ValueTask<Outcome> InvalidateAsync(RecordView record, string tenant, UserPreferenceChanged changed, CancellationToken cancellationToken)
    {
        try
        {
            var key = RedisKeys.UserPreferences(tenant, changed.UserId);
            var written = await cache.InvalidateAsync(CacheNames.UserPreferences, key, changed.Version, options.Value.TombstoneTtl, cancellationToken);
            CacheProjectorMetrics.InvalidationDelay.Record(Math.Max(0, (time.GetUtcNow() - HappenedAt(record)).TotalSeconds));
            CacheProjectorLog.Invalidated(logger, written ? "invalidated" : "known", changed.Version, record.Partition, record.Offset);
            return Outcome.Handled;
        }
        catch (RedisUnavailableException exception)
        {
            return Outcome.RetryLater(exception.Message, exception);
        }
        catch (OperationCanceledException exception)
        {
            return Outcome.RetryLater("The projector stops.", exception);
        }
    }

    private static UserPreferenceChanged? Parse(ReadOnlySpan<byte> value, out JsonException? failure)
    {
        failure = null;
        try
        {
            return JsonSerializer.Deserialize(value, EventJson.Default.UserPreferenceChanged);
        }
        catch (JsonException exception)
        {
            failure = exception;
            return null;
        }
    }

    private static DateTimeOffset HappenedAt(RecordView record) =>
        DateTimeOffset.TryParse(record.Header(HeaderNames.OccurredAt), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at : record.Timestamp;
}
