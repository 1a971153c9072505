namespace Nova.Events.ChaosTests.Watching;

/// <summary>The silences that are being watched; several may be open at a time.</summary>
internal sealed class Silences
{
    private readonly Lock _gate = new();
    private readonly List<Silence> _open = [];

    /// <summary>Watches from now on.</summary>
    public Silence Begin()
    {
        var silence = new Silence(TimeProvider.System.GetUtcNow());
        lock (_gate) _open.Add(silence);
        return silence;
    }

    /// <summary>Something new arrived that was written at <paramref name="written"/>.</summary>
    public void Arrived(DateTimeOffset written)
    {
        var now = TimeProvider.System.GetUtcNow();
        lock (_gate) _open.RemoveAll(silence => silence.Arrived(now, written));
    }
}
