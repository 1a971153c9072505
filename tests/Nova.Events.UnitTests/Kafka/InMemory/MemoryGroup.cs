using System.Text;
using Confluent.Kafka;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.UnitTests.Kafka.InMemory;

/// <summary>
/// A group over a log in memory that does what a script of bytes says: records come, handlers end well or badly, members join, leave, lose partitions and
/// die. What is set aside is acknowledged later, fails, or lands without an answer. It looks at every step whether the promises hold.
/// </summary>
internal sealed class MemoryGroup : IDisposable
{
    private const string Topic = "t";
    private const int PartitionCount = 3;
    private const int KeyCount = 5;
    private readonly Pump _pump = new();
    private readonly ManualTime _time = new();
    private readonly MemoryLog _log;
    private readonly HandlerConsumerOptions _options;
    private readonly List<MemoryMember> _members = [];
    private readonly List<MemoryMember> _all = [];
    private readonly List<Handling> _inHand = [];
    private readonly HashSet<(string, int, long)> _done = [];
    private readonly HashSet<(int, long)> _repeats = [];
    private readonly List<Settlement> _settled = [];
    private readonly List<AsideWrite> _writes = [];
    private readonly Dictionary<(int, string), int> _retried = [];
    private readonly Queue<byte> _script;
    private readonly bool _isGraceful;
    private string? _violation;
    private ulong _lsn = 1;
    private int _number;

    /// <param name="script">What happens.</param>
    /// <param name="onFailure">What becomes of records that fail.</param>
    /// <param name="isGraceful">Members never die, and lose nothing that they were not asked for first.</param>
    public MemoryGroup(byte[] script, OnFailure onFailure, bool isGraceful = false)
    {
        (_script, _isGraceful) = (new Queue<byte>(script), isGraceful);
        _options = new HandlerConsumerOptions
        {
            Group = "g", Lanes = 3, DrainTimeout = TimeSpan.FromSeconds(1), RetryDelay = TimeSpan.FromMilliseconds(10), MaxRetryDelay = TimeSpan.FromMilliseconds(40),
            Failure = new() { OnFailure = onFailure, AttemptsInPlace = 2, RetryTopicDelay = TimeSpan.FromMilliseconds(50) },
        };
        _log = new MemoryLog((partition, record) => _done.Contains((partition.Topic, partition.Partition.Value, record.Offset)));
        foreach (var topic in new[] { Topic, RetryTopic })
            for (var partition = 0; partition < PartitionCount; partition++) _log.Add(new(topic, partition));
        Join();
    }

    private string RetryTopic => Topics.Retry(_options.Group);

    private DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>What ended of each key, well or as poison, by the number in which the records were written.</summary>
    public IEnumerable<IGrouping<string, int>> SettledByKey => _settled.GroupBy(record => record.Key, record => record.Number);

    /// <summary>What ended of the records of the retry topic, by key and partition, in the order of the log: what is handled again by a new owner counts once.</summary>
    public IEnumerable<IEnumerable<int>> SettledFromRetries => _settled.Where(record => record.Place.Topic == RetryTopic)
        .GroupBy(record => (record.Key, record.Place.Partition), (_, records) => records.DistinctBy(record => record.Place.Offset).OrderBy(record => record.Place.Offset).Select(record => record.Number));

    /// <summary>What ended last of each key, with its last number; without what ended after its partition was gone.</summary>
    public IEnumerable<(int Settled, int Written)> LastByKey => _settled.Where(record => !record.WasClosed)
        .GroupBy(record => record.Key, (key, records) => (records.Last().Number, _settled.Where(record => record.Key == key).Max(record => record.Number)));

    public IEnumerable<int> Handled => _settled.Where(record => record.Kind == OutcomeKind.Handled).Select(record => record.Number);

    public int Written => _number;

    /// <summary>Numbers of the dead letters.</summary>
    public HashSet<int> DeadLetters { get; } = [];

    public void Run()
    {
        while (_script.TryDequeue(out var step))
        {
            Step(step);
            _pump.Run();
            if (_violation is { } violation) throw new InvalidOperationException(violation);
        }

        Settle();
    }

    public void Dispose()
    {
        foreach (var member in _all) member.Dispose();
        _pump.Dispose();
    }

    private void Step(byte step)
    {
        switch (step % 16)
        {
            case < 4: Write(Next() % KeyCount, Next()); break;
            case < 7: Each(member => member.Poll(1 + (Next() % 4))); break;
            case < 10: End(Next(), Next()); break;
            case 10: EndWrite(Next(), Next()); break;
            case 11: Each(member => member.AutoCommit()); break;
            case 12: _time.Advance(TimeSpan.FromMilliseconds(Next())); break;
            case 13: Join(); break;
            case 14 when _members.Count > 1: Leave(_members[Next() % _members.Count], _isGraceful ? 0 : Next() % 3); break;
            default: Move(Next(), Next()); break;
        }
    }

    private int Next() => _script.TryDequeue(out var value) ? value : 0;

    private void Each(Action<MemoryMember> act) => _members.ForEach(act);

    private void Write(int key, int kind)
    {
        // One in eight is what the relay has written before: a repeat, which nobody may see.
        var partition = new TopicPartition(Topic, key % PartitionCount);
        var isRepeat = kind % 8 == 0 && _log.End(partition) > 0;
        var position = Position.Of(1, isRepeat ? 0 : ++_lsn, 0);
        var number = isRepeat ? -1 : _number++;
        var record = _log.Append(
            partition, $"k{key}", Now, [Header("position", new SourcePosition("main", position).ToString()), Header("number", $"{number}")], gap: kind % 3 == 0 ? 2 : 0);
        if (!isRepeat) return;
        _repeats.Add((partition.Partition.Value, record.Offset));
        _done.Add((Topic, partition.Partition.Value, record.Offset));
    }

    private void End(int which, int how)
    {
        if (_inHand.Count == 0) return;
        var handling = _inHand[which % _inHand.Count];
        _inHand.Remove(handling);
        handling.End((how % 8) switch { 0 or 1 => Outcome.RetryLater("later"), 2 => Outcome.Poisoned("never"), _ => Outcome.Handled });
    }

    private void EndWrite(int which, int how)
    {
        if (_writes.Count == 0) return;
        var write = _writes[which % _writes.Count];
        if (write.End(how % 4)) _writes.Remove(write);
    }

    private void Join()
    {
        if (_members.Count == 3) return;
        MemoryMember member = null!;
        member = new MemoryMember(_log, _options, new Handler(this, () => member), new Aside(this, () => member), _time, Yield);
        _members.Add(member);
        _all.Add(member);
        Balance();
    }

    private void Leave(MemoryMember member, int how)
    {
        _members.Remove(member);
        var partitions = member.Assignment.ToList();
        if (how == 0) member.Revoke(partitions);
        else if (how == 1) member.Lose(partitions);
        else member.Die();
        _inHand.RemoveAll(handling => handling.Member.IsDead);
        _writes.RemoveAll(write => write.Member.IsDead);
        Balance();
    }

    private void Move(int which, int how)
    {
        var partition = _log.Partitions.ElementAt(which % (PartitionCount * 2));
        var owner = _members.Find(member => member.Assignment.Contains(partition));
        if (owner is null || _members.Count < 2) return;
        if (how % 3 == 0 && !_isGraceful) owner.Lose([partition]);
        else owner.Revoke([partition]);
        _members.First(member => member != owner).Assign([partition]);
    }

    /// <summary>Cooperatively: only what has too much gives.</summary>
    private void Balance()
    {
        var most = ((PartitionCount * 2) + _members.Count - 1) / _members.Count;
        foreach (var member in _members)
            if (member.Assignment.Skip(most).ToList() is { Count: > 0 } surplus) member.Revoke(surplus);
        foreach (var free in _log.Partitions.Where(partition => !_members.Exists(member => member.Assignment.Contains(partition))).ToList())
            _members.MinBy(member => member.Assignment.Count())!.Assign([free]);
    }

    /// <summary>While a member drains, what is in hand ends, or does not.</summary>
    private void Yield()
    {
        _pump.Run();
        if (Next() % 2 == 0) End(Next(), Next());
        else EndWrite(Next(), Next());
        _time.Advance(TimeSpan.FromMilliseconds(100));
        _pump.Run();
    }

    /// <summary>All goes well from here on.</summary>
    private void Settle()
    {
        for (var round = 0; round < 400; round++)
        {
            Each(member => member.Poll(100));
            _pump.Run();
            while (_inHand.Count + _writes.Count > 0)
            {
                End(0, 7);
                EndWrite(0, 3);
                _pump.Run();
            }

            Each(member => member.AutoCommit());
            _time.Advance(TimeSpan.FromMilliseconds(25));
        }

        if (_violation is { } violation) throw new InvalidOperationException(violation);
        foreach (var partition in _log.Partitions)
            if ((_log.Committed(partition).Offset ?? 0) != _log.End(partition)) throw new InvalidOperationException($"{partition} stands at {_log.Committed(partition).Offset} of {_log.End(partition)} for good.");
    }

    private static RecordHeader Header(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));

    private static int NumberOf(RecordView record) => int.Parse(record.Header("number")!, System.Globalization.CultureInfo.InvariantCulture);

    private sealed class Handling(MemoryGroup group, MemoryMember member, RecordView record, CancellationToken closed)
    {
        private readonly TaskCompletionSource<Outcome> _outcome = new();
        private readonly (string Topic, int Partition, long Offset) _place = (record.Topic, record.Partition, record.Offset);
        private readonly string _key = Encoding.UTF8.GetString(record.Key);
        private readonly int _number = NumberOf(record);

        public MemoryMember Member => member;

        /// <summary>Both by one owner of the partition, as which it is still known.</summary>
        public bool IsBeside(Handling other) =>
            member == other.Member && _key == other._key && _place.Item1 == other._place.Item1 && _place.Item2 == other._place.Item2 && !closed.IsCancellationRequested;

        public Task<Outcome> Outcome => _outcome.Task;

        public void End(Outcome outcome)
        {
            if (outcome.Kind == OutcomeKind.Handled) group._done.Add(_place);
            if (outcome.Kind != OutcomeKind.RetryLater) group._settled.Add(new(_key, _number, outcome.Kind, _place, closed.IsCancellationRequested));

            _outcome.SetResult(outcome);
        }
    }

    private sealed class Handler(MemoryGroup group, Func<MemoryMember> member) : IRecordHandler
    {
        public ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken cancellationToken)
        {
            if (member().IsDead) return new ValueTask<Outcome>(new TaskCompletionSource<Outcome>().Task);
            var handling = new Handling(group, member(), record, cancellationToken);
            if (record.Topic == Topic && group._repeats.Contains((record.Partition, record.Offset))) group._violation ??= $"{record} is a repeat, and is handled.";
            if (group._inHand.Exists(other => other.IsBeside(handling))) group._violation ??= $"{record} is handled beside another of its key.";
            group._inHand.Add(handling);
            return new ValueTask<Outcome>(handling.Outcome);
        }
    }

    private sealed class Aside(MemoryGroup group, Func<MemoryMember> member) : ISetAside
    {
        public async Task WriteAsync(RecordView record, string reason, string? exceptionType, int attempts, CancellationToken cancellationToken)
        {
            var (place, number) = ((record.Topic, record.Partition, record.Offset), NumberOf(record));
            await BeginAsync(() =>
            {
                group._done.Add(place);
                group.DeadLetters.Add(number);
                return default;
            }, cancellationToken);
        }

        public Task<RetryPlace> RetryAsync(RecordView record, Outcome outcome, int attempts, TimeSpan delay, CancellationToken cancellationToken)
        {
            var owned = record.ToOwned();
            var message = Nova.Events.Kafka.Consuming.SetAsideMessage.Of(group._options.Group, owned, outcome.Reason!, null, attempts, delay);
            var headers = message.Headers.Select(header => new RecordHeader(header.Key, header.GetValueBytes())).ToList();
            return BeginAsync(() =>
            {
                var written = group._log.Append(new(group.RetryTopic, owned.Partition), Encoding.UTF8.GetString(owned.Key!), group.Now, headers);
                group._done.Add((owned.Topic, owned.Partition, owned.Offset));
                // A second copy, by a member that did not know of the first.
                var id = (written.Partition, written.Header(HeaderNames.DeadLetterId)!);
                if (group._retried.TryGetValue(id, out var known) && attempts <= known) group._done.Add((written.Topic, written.Partition, written.Offset));
                else group._retried[id] = attempts;
                return new RetryPlace(written.Partition, written.Offset);
            }, cancellationToken);
        }

        private Task<RetryPlace> BeginAsync(Func<RetryPlace> land, CancellationToken closed)
        {
            var write = new AsideWrite(member(), land, closed);
            if (!write.Member.IsDead) group._writes.Add(write);
            return write.Answer;
        }
    }

    /// <summary>A record on its way to another topic.</summary>
    private sealed class AsideWrite(MemoryMember member, Func<RetryPlace> land, CancellationToken closed)
    {
        private readonly TaskCompletionSource<RetryPlace> _answer = new();
        private RetryPlace? _place;

        public MemoryMember Member => member;

        public Task<RetryPlace> Answer => _answer.Task;

        /// <summary>False where it goes on: it is in the log, and nobody knows.</summary>
        public bool End(int how)
        {
            if (closed.IsCancellationRequested)
            {
                _answer.SetCanceled(closed);
                return true;
            }

            if (how == 0 && _place is null)
            {
                _answer.SetException(new InvalidOperationException("It was not written."));
                return true;
            }

            _place ??= land();
            if (how == 1) return false;
            _answer.SetResult(_place.Value);
            return true;
        }
    }

    /// <param name="WasClosed">Its partition was gone by then.</param>
    private sealed record Settlement(string Key, int Number, OutcomeKind Kind, (string Topic, int Partition, long Offset) Place, bool WasClosed);
}
