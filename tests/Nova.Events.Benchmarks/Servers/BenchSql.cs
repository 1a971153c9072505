namespace Nova.Events.Benchmarks.Servers;

/// <summary>The SQL files of this project.</summary>
internal static class BenchSql
{
    public static async Task<string> ReadAsync(string file, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(typeof(BenchSql).Assembly.GetManifestResourceStream(file)!);
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
