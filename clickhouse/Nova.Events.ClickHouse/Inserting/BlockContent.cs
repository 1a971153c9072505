using System.Net;

namespace Nova.Events.ClickHouse.Inserting;

/// <summary>An encoded block as a request's body; its length is known, so a cut connection can't pass for a short block.</summary>
internal sealed class BlockContent(IReadOnlyList<ReadOnlyMemory<byte>> pieces) : HttpContent
{
    private Task _writing = Task.CompletedTask;

    /// <summary>
    /// Ends once nobody reads the pieces any more. A request that is given up may still be writing: memory that went back to the pool by then and was filled
    /// anew would be sent under this block's token.
    /// </summary>
    public Task UnreadAsync() => _writing.ContinueWith(static _ => { }, TaskScheduler.Default);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _writing = WriteAsync(stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = pieces.Sum(piece => (long)piece.Length);
        return true;
    }

    private async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        foreach (var piece in pieces) await stream.WriteAsync(piece, cancellationToken);
    }
}
