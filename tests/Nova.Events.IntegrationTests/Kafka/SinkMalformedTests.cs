using System.Buffers.Binary;
using System.Text;
using Confluent.Kafka;
using Nova.Events.Contracts;
using Nova.Events.IntegrationTests.Kafka.Targets;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Kafka;

[Collection(ConsumerServersCollection.Name)]
public sealed class SinkMalformedTests(RunningServers servers)
{
    private const int Malformed = 100_000;
    private const int Good = 50_000;

    /// <summary>A redrive waits for two acknowledgements a letter: all of them would take the test half a minute more.</summary>
    private const int Redriven = 9_000;
    private const string Number = "number";

    [Fact]
    public async Task A_hundred_thousand_malformed_records_of_thirty_kinds_are_dead_letters_with_their_reason_and_no_good_one_is_lost()
    {
        await using var rig = await SinkRig.StartAsync(servers, clientEvents: true);
        rig.Options.BatchRows = 10_000;
        MalformedEvents.Kinds.Count.ShouldBe(30);
        var last = rig.ProduceMany(Mixed());
        await rig.RunPastAsync(last);
        (await rig.RowsAsync()).ShouldBe(Good);
        (await rig.CountAsync("uniqExact(_offset)", rig.Table)).ShouldBe(Good);
        (await rig.ViewAsync("views")).ShouldBe(Good);
        Check(rig);

        // The fix: another encoder, which makes rows of them.
        rig.Sink = new MendingSink(rig.Sink);
        (await rig.RedriveAsync(max: Redriven)).ShouldBe(Redriven);
        await rig.RunRetriesAsync();
        (await rig.RowsAsync()).ShouldBe(Good + Redriven);
        (await rig.CountAsync("uniqExact(_topic, _partition, _offset)", rig.Table)).ShouldBe(Good + Redriven);
        (await rig.ViewAsync("views")).ShouldBe(Good + Redriven);
        (await rig.CountAsync("countIf(_topic != '" + rig.Topic + "')", rig.Table)).ShouldBe(0);
        rig.DeadLetters().Count.ShouldBe(Malformed, "none has failed again");
    }

    private static IEnumerable<Message<byte[]?, byte[]?>> Mixed()
    {
        for (var number = 0; number < Malformed; number++)
        {
            var message = MalformedEvents.Kinds[number % MalformedEvents.Kinds.Count].Make(Guid.CreateVersion7());
            message.Headers.Add(Number, BitConverter.GetBytes(number));
            yield return message;
            if (number % (Malformed / Good) == 0) yield return MalformedEvents.Good(Guid.CreateVersion7());
        }
    }

    /// <summary>Each once by its number, with its reason, key and value as they came.</summary>
    private static void Check(SinkRig rig)
    {
        var seen = new bool[Malformed];
        foreach (var letter in rig.DeadLetters())
        {
            var number = BinaryPrimitives.ReadInt32LittleEndian(letter.Message.Headers.GetLastBytes(Number));
            seen[number].ShouldBeFalse();
            seen[number] = true;
            var (reason, make) = MalformedEvents.Kinds[number % MalformedEvents.Kinds.Count];
            Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(HeaderNames.DeadLetterReason)).ShouldBe(reason);
            (letter.Message.Value ?? [1]).AsSpan().SequenceEqual(make(default).Value ?? [1]).ShouldBeTrue();
        }

        seen.ShouldAllBe(one => one);
    }
}
