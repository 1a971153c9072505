using System.Threading.Channels;
using Confluent.Kafka;
using Nova.Events.Contracts.Records;
using Nova.Events.Inbox.Storing;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming.Deduplication;
using Nova.Events.Kafka.Consuming.Native;

namespace Nova.Events.Inbox.Consuming;

/// <summary>
/// One partition: learns where it is, orders it read from there, and applies batch after batch. Where the row turns out to be elsewhere it begins anew. Beside
/// the poll thread, which reads what is ordered.
/// </summary>
internal sealed class InboxLane : IDisposable
{
    private readonly InboxSession _session;
    private readonly InboxEntry _entry;
    private readonly BatchApplier _applier;
    private readonly Channel<ReadRecords> _read = Channel.CreateUnbounded<ReadRecords>(new() { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly TopicPartition _partition;
    private readonly bool _isRetryTopic;
    private ReadOrder? _order;
    private InboxRow? _row;
    private long _movedAt;
    private long _doneBelow;
    private Task _cancelling = Task.CompletedTask;

    public InboxLane(CommittedOffset committed, InboxSession session)
    {
        (_session, _partition, _isRetryTopic) = (session, committed.Partition, committed.Partition.Topic == session.RetryTopic);
        _entry = new InboxEntry(session, committed, session.Options.StartAtEnd && !_isRetryTopic);
        _applier = new BatchApplier(session, _isRetryTopic, _stopping.Token, _closed.Token) { Moved = Move };
        _movedAt = session.Time.GetTimestamp();
    }

    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Nothing of it runs any more: it may be disposed.</summary>
    public Task Ended => Task.WhenAll(Completion.ContinueWith(static _ => { }, TaskScheduler.Default), _cancelling);

    /// <summary>What is to be read; null while that is not known.</summary>
    public ReadOrder? Order => Volatile.Read(ref _order);

    /// <summary>What the inbox held last; null before it is known.</summary>
    public InboxRow? Row => Volatile.Read(ref _row);

    public bool IsRetrying => _applier.IsRetrying;

    /// <summary>No record below needs its memory any more, of those that are read for the order.</summary>
    public long DoneBelow => Volatile.Read(ref _doneBelow);

    /// <summary>How long ago the row moved, or began to be looked for.</summary>
    public TimeSpan SinceMoved => _session.Time.GetElapsedTime(Volatile.Read(ref _movedAt));

    public void Start() => Completion = Task.Run(RunAsync);

    /// <summary>Poll thread only.</summary>
    public void Add(ReadRecords records) => _read.Writer.TryWrite(records);

    /// <summary>Nothing begins any more; a transaction that is under way ends.</summary>
    public void BeginDrain() => Cancel(_stopping);

    /// <summary>What is under way is rolled back, unless its commit is on its way.</summary>
    public void Close()
    {
        Cancel(_stopping);
        Cancel(_closed);
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _closed.Dispose();
    }

    // Not on the poll thread: a handler's statement is cancelled over a connection of its own, which takes its time where the database is frozen.
    private void Cancel(CancellationTokenSource source) => _cancelling = Task.WhenAll(_cancelling, CancelAsync(source));

    private async Task CancelAsync(CancellationTokenSource source)
    {
        try
        {
            await source.CancelAsync();
        }
#pragma warning disable CA1031 // A handler's callback may throw what it wants: it is cancelled all the same, and the member goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            InboxLog.CancellationThrew(_session.Logger, exception, _session.Options.Group, _partition.Topic, _partition.Partition.Value);
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                Volatile.Write(ref _movedAt, _session.Time.GetTimestamp());
                var (row, logFirst) = await _entry.EnterAsync(_stopping.Token);
                Volatile.Write(ref _row, row);
                await ReadAsync(row, logFirst);
            }
        }
        catch (Exception) when (_stopping.IsCancellationRequested)
        {
        }
    }

    private async Task ReadAsync(InboxRow row, long logFirst)
    {
        int? eventIdWindow = _session.Options.EventIdWindows.TryGetValue(_partition.Topic, out var window) ? window : null;
        var repeats = new InboxRepeats(row, logFirst, _isRetryTopic, eventIdWindow, source => KafkaLog.SourceUncounted(
            _session.Logger, _partition.Topic, _partition.Partition.Value, PositionRule.MaxSources, source, row.Key.Group));
        var order = new ReadOrder(repeats.ReadFrom);
        var batches = new BatchGatherer(_read.Reader, order, repeats, _isRetryTopic, _session.Options, _session.Time)
        {
            LookedBack = offset => Volatile.Write(ref _doneBelow, offset),
        };
        Volatile.Write(ref _doneBelow, order.From);
        Volatile.Write(ref _order, order);
        while (true)
        {
            var batch = await batches.NextAsync(row, _stopping.Token);
            if (await (batch.IsEmpty ? LookAsync(row) : _applier.ApplyAsync(batch)) is not { } after) break;
            row = after;
        }

        // Nothing is read until it is known anew where the row is.
        Volatile.Write(ref _order, null);
        InboxLog.Moved(_session.Logger, row.Key.Group, row.Key.Topic, row.Key.Partition, row.Next);
    }

    /// <summary>Null where the row is elsewhere, or the log is another.</summary>
    private async Task<InboxRow?> LookAsync(InboxRow row)
    {
        try
        {
            if (await _session.Inbox.LoadAsync(row.Key, _stopping.Token) is not { } found || found.Next != row.Next) return null;
            return InboxStart.Contradiction(row, await _session.Log.ExtentAsync(_partition, _stopping.Token)) is null ? row : null;
        }
#pragma warning disable CA1031 // The database or the brokers are away, and nothing is to be done: the next look or the next batch tells.
        catch (Exception exception) when (!_stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            InboxLog.NotEntered(_session.Logger, exception, row.Key.Group, row.Key.Topic, row.Key.Partition, 1, exception.Message);
            return row;
        }
    }

    private void Move(InboxRow row)
    {
        Volatile.Write(ref _movedAt, _session.Time.GetTimestamp());
        Volatile.Write(ref _row, row);
        Volatile.Write(ref _doneBelow, row.Next);
    }
}
