using Nova.Events.IntegrationTests.Outbox;

namespace Nova.Events.IntegrationTests.Relay;

/// <summary>Events E0, E1, E2 … in this order, of seven keys.</summary>
internal static class NumberedEvents
{
    /// <summary>Commits the next ones in one transaction.</summary>
    public static Task EmitAsync(RelayRig rig, int first, int count) =>
        rig.Database.EmitAsync([.. Enumerable.Range(first, count).Select(i => Messages.Post($"E{i}", $"{i % 7}"))]);

    /// <summary>Commits five at a time until the stop; returns how many there are.</summary>
    public static async Task<int> EmitUntilAsync(RelayRig rig, CancellationToken stop)
    {
        var emitted = 0;
        for (; !stop.IsCancellationRequested; emitted += 5) await EmitAsync(rig, emitted, 5);
        return emitted;
    }

    /// <summary>The types of the first ones.</summary>
    public static IEnumerable<string> Types(int count) => Enumerable.Range(0, count).Select(i => $"E{i}");
}
