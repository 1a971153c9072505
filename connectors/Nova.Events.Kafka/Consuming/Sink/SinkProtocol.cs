using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>
/// Each range exactly once: encode, commit the intent, insert under the range's token until acknowledged, commit past with the next intent when there is one.
/// design: guarantees, section 3. A range is inserted only after its intent was committed, there is one intent at a time, and whoever owns the partition next
/// repeats that very block under that very token.
/// </summary>
internal sealed class SinkProtocol(
    SinkRoute route,
    ChannelReader<PreparedBatch> batches,
    RefusedRows refusals,
    LaneGate gate,
    BatchPace pace,
    SinkSession session)
{
    private readonly IBatchSink _sink = route.Target;
    private readonly Stack<PreparedBatch> _pieces = new();
    private long _bytesDone;

    /// <summary>The range that was committed past last; for lag.</summary>
    public Action<PreparedBatch>? CommittedPast { get; set; }

    public bool IsRetrying { get; private set; }

    /// <summary>Bytes of all batches that are done; grows for ever.</summary>
    public long BytesDone => Volatile.Read(ref _bytesDone);

    public async Task RunAsync(CancellationToken laneClosed)
    {
        Task<PreparedBatch?>? upcoming = null;
        var isPiece = false;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(laneClosed);
        var closed = ended.Token;
        try
        {
            var first = await NextAsync(closed);
            while (first is not null)
            {
                if (!first.IsCommitted && IsIntended(first)) await CommitIntentAsync(first, closed);
                for (PreparedBatch? current = first; current is not null;)
                {
                    if (!isPiece) upcoming = NextAsync(closed);
                    var bytes = isPiece ? 0 : current.Bytes;
                    using var done = await InsertAsync(current, closed);
                    isPiece = _pieces.TryPop(out var piece);
                    current = isPiece ? piece : await WithinLingerAsync(upcoming!);
                    await CommitPastAsync(done, current, closed);
                    Volatile.Write(ref _bytesDone, _bytesDone + bytes);
                }

                first = await upcoming!;
            }
        }
        finally
        {
            await ended.CancelAsync();
            if (upcoming is not null) await DisposeAsync(upcoming);
            foreach (var unfinished in _pieces) unfinished.Dispose();
        }
    }

    private bool IsIntended(PreparedBatch batch) => batch.Intent is not null && route.Delivery == SinkDelivery.ExactlyOnce;

    private async Task<PreparedBatch?> NextAsync(CancellationToken closed) =>
        await batches.WaitToReadAsync(closed) && batches.TryRead(out var batch) ? batch : null;

    private async Task CommitIntentAsync(PreparedBatch batch, CancellationToken closed)
    {
        await gate.CommitAsync(batch.Range.First, batch.Intended, closed);
        session.Step(SinkStep.IntentCommitted);
    }

    /// <summary>Answers the batch that was inserted: the given one, or one without rows that the server refused, perhaps its first piece only.</summary>
    private async Task<PreparedBatch> InsertAsync(PreparedBatch batch, CancellationToken closed)
    {
        var started = session.Time.GetTimestamp();
        var refused = 0;
        for (var attempt = 1; batch.Encoded.Rows > 0; attempt++)
        {
            var outcome = await session.InsertAsync(route, batch, gate, closed);
            if (outcome.Kind == InsertOutcomeKind.Acknowledged) break;
            IsRetrying = true;
            if (outcome.Kind == InsertOutcomeKind.Overloaded) pace.Overloaded();
            if (outcome.Kind == InsertOutcomeKind.Refused && await refusals.SettleAsync(batch, closed) is { } settled)
            {
                foreach (var later in settled.Pieces.Skip(1).Reverse()) _pieces.Push(later);
                (batch, refused) = (settled.Pieces[0], refused + settled.Refused);
                if (IsIntended(batch)) await CommitIntentAsync(batch, closed);
                continue;
            }

            await session.WaitAsync(_sink.Name, batch.Token, attempt, outcome, closed);
        }

        IsRetrying = false;
        pace.Acknowledged();
        session.Step(SinkStep.Inserted);
        await session.WriteDeadLettersAsync(batch.Rejected, closed);
        session.Step(SinkStep.DeadLettersWritten);
        session.Measure(batch, refused, session.Time.GetElapsedTime(started));
        return batch;
    }

    // The offset moves after the effect: the insert and the dead letters are acknowledged before this line is reached.
    private async Task CommitPastAsync(PreparedBatch done, PreparedBatch? next, CancellationToken closed)
    {
        var state = next is not null && IsIntended(next) ? next.Intended : new CommittedState(done.Judged.PositionsAfter);
        await gate.CommitAsync(done.Range.Last + 1, state, closed);
        CommittedPast?.Invoke(done);
        session.Step(SinkStep.CommittedPast);
    }

    private async Task<PreparedBatch?> WithinLingerAsync(Task<PreparedBatch?> upcoming)
    {
        try
        {
            // The retry topic's next range is judged once this one is in: it can't be waited for.
            return await upcoming.WaitAsync(route.IsRetry ? TimeSpan.Zero : session.Options.IntentLinger, session.Time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private static async Task DisposeAsync(Task<PreparedBatch?> upcoming)
    {
        try
        {
            (await upcoming)?.Dispose();
        }
#pragma warning disable CA1031 // The lane ends with the fault that it has; this one came of it or lost to it.
        catch
        {
        }
#pragma warning restore CA1031
    }
}
