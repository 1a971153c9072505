using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Relay;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Relay.Snapshots;
using Shouldly;

namespace Nova.Events.IntegrationTests.Capture;

/// <summary>Snapshots of a <see cref="RelayRig"/>'s tables.</summary>
internal static class SnapshotRig
{
    private static readonly string[] States = ["requested", "running", "paused", "done", "failed", "cancelled"];

    /// <summary>A captured table of so many rows, <c>items (id bigint, n bigint, text text)</c>.</summary>
    public static Task CreateItemsAsync(this RelayRig rig, int rows) => rig.Database.ExecuteAsync($"""
        CREATE TABLE public.items (id bigint PRIMARY KEY, n bigint NOT NULL, text text);
        INSERT INTO public.items SELECT i, 0, 'row ' || i FROM generate_series(1, {rows}) i;
        ALTER PUBLICATION nova_cdc ADD TABLE public.items;
        """);

    public static Task<long> RequestAsync(this RelayRig rig, string table = "public.items", string? filter = null, int? rowsPerSecond = null) =>
        new SnapshotStore(rig.Database.DataSource).RequestAsync(table, filter, rowsPerSecond, CancellationToken.None);

    public static async Task<SnapshotRequest> SnapshotAsync(this RelayRig rig, long id) =>
        (await rig.FindAsync(id)).ShouldNotBeNull();

    /// <summary>The snapshot once it is as wanted, or as it is when the patience ends.</summary>
    public static async Task<SnapshotRequest> SnapshotAsync(this RelayRig rig, long id, Predicate<SnapshotRequest> isEnough) =>
        (await Eventually.ValueAsync(() => rig.FindAsync(id), request => request is not null && isEnough(request))).ShouldNotBeNull();

    /// <summary>All records of captured tables, once everything that is committed by now is confirmed.</summary>
    public static async Task<List<ConsumedRecord>> CapturedSoFarAsync(this RelayRig rig)
    {
        var end = await rig.WalEndAsync();
        (await Eventually.ValueAsync(rig.ConfirmedAsync, confirmed => confirmed >= end)).ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(end);
        return await rig.CapturedAsync(0);
    }

    /// <summary>Rows of items as its topic tells them.</summary>
    public static async Task<HashSet<string>> ItemsAsync(this RelayRig rig)
    {
        await using var command = rig.Database.DataSource.CreateCommand("""SELECT format('{"id":%s,"n":%s,"text":"%s"}', id, n, text) FROM items""");
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
        return rows;
    }

    private static async Task<SnapshotRequest?> FindAsync(this RelayRig rig, long id) =>
        (await new SnapshotStore(rig.Database.DataSource).ListAsync(States, CancellationToken.None)).SingleOrDefault(request => request.Id == id);
}
