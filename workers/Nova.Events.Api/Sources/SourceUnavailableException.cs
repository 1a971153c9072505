namespace Nova.Events.Api.Sources;

/// <summary>A server that an answer needs is away, or is left alone because it kept failing.</summary>
internal sealed class SourceUnavailableException(string source, Exception inner) : Exception($"{source} is away: {inner.Message}", inner)
{
    /// <summary>Which one; a word for people.</summary>
    public string SourceName { get; } = source;
}
