using System.Net;

namespace Nova.Events.ClickHouse.Inserting;

/// <summary>An encoded block as a request's body; its length is known, so a cut connection can't pass for a short block.</summary>
internal sealed class BlockContent(IReadOnlyList<ReadOnlyMemory<byte>> pieces) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        foreach (var piece in pieces) await stream.WriteAsync(piece, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = pieces.Sum(piece => (long)piece.Length);
        return true;
    }
}
