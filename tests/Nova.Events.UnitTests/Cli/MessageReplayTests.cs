using System.IO.Compression;
using Nova.Events.Cli.Commands;
using Nova.Events.Cli.Workload;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Cli;

public sealed class MessageReplayTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nova-replay").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_first_message_is_a_follow_a_post_of_the_receiver_and_an_interaction_with_it()
    {
        var actions = Replay("1 2 1082040961", "1 2 1082040962");
        actions.ShouldBe(
        [
            new SocialAction(ActionKind.Follow, 1, 0, 2),
            new SocialAction(ActionKind.Publish, 2, 1, 2),
            new SocialAction(ActionKind.Comment, 1, 1, 2),
            new SocialAction(ActionKind.Like, 1, 1, 2),
        ]);
    }

    [Fact]
    public void An_author_publishes_anew_after_twelve_interactions()
    {
        var actions = Replay([.. Enumerable.Repeat("1 2 1082040961", 25)]);
        actions.Where(action => action.Kind == ActionKind.Publish).Select(action => action.PostId).ShouldBe([1, 2, 3]);
        actions.Count(action => action.Kind == ActionKind.Follow).ShouldBe(1);
        actions.Count(action => action.PostId == 1).ShouldBe(13);
    }

    [Fact]
    public void A_message_to_oneself_is_no_action() => Replay("3 3 1082040961").ShouldBeEmpty();

    [Fact]
    public void A_gzipped_file_is_read_alike()
    {
        var plain = Write("plain.txt", "1 2 3\n4 5 6\n");
        var zipped = Path.Combine(_folder, "zipped.txt.gz");
        using (var gzip = new GZipStream(File.Create(zipped), CompressionLevel.Fastest)) gzip.Write(File.ReadAllBytes(plain));
        MessageReplay.CountLines(zipped).ShouldBe(2);
        MessageReplay.Actions(zipped, new PostLedger(0, [])).ShouldBe(MessageReplay.Actions(plain, new PostLedger(0, [])));
    }

    [Theory]
    [InlineData("1 2")]
    [InlineData("1 2 3 4")]
    [InlineData("1 two 3")]
    [InlineData("")]
    [InlineData("{\"from\": 1}")]
    public void A_malformed_line_is_refused_by_file_and_number(string line)
    {
        var file = Write("bad.txt", $"1 2 3\n{line}\n");
        Should.Throw<CommandException>(() => MessageReplay.Actions(file, new PostLedger(0, [])).ToList()).Message
            .ShouldBe($"{file}, line 2: expected 'sender receiver unix-seconds', three integers.");
    }

    [Fact]
    public void A_missing_file_is_named_with_the_remedy() => Should.Throw<CommandException>(() => MessageReplay.CountLines("/nowhere.txt")).Message
        .ShouldBe("There is no file '/nowhere.txt'. Give --input the path of a message file.");

    private List<SocialAction> Replay(params string[] lines) => [.. MessageReplay.Actions(Write("some.txt", string.Join('\n', lines)), new PostLedger(0, []))];

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }
}
