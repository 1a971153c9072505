using System.IO.Compression;

namespace Nova.Events.Cli.Workload;

/// <summary>
/// Replays a file of messages, one <c>sender receiver unix-seconds</c> a line, gzipped or plain: the first message from u to v is a follow, each
/// message an interaction of u with a post of v. Real degrees, real bursts.
/// </summary>
internal static class MessageReplay
{
    /// <summary>Interactions that a post gets before its author publishes the next one.</summary>
    private const int InteractionsPerPost = 12;

    /// <summary>Lines of the file.</summary>
    /// <exception cref="Commands.CommandException">It is not there.</exception>
    public static int CountLines(string file)
    {
        using var reader = Open(file);
        var lines = 0;
        while (reader.ReadLine() is not null) lines++;
        return lines;
    }

    /// <summary>The actions of the file, in its order.</summary>
    /// <exception cref="Commands.CommandException">A line is not of the format; the message names it.</exception>
    public static IEnumerable<SocialAction> Actions(string file, PostLedger posts)
    {
        var follows = new HashSet<(long, long)>();
        using var reader = Open(file);
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            var (sender, receiver) = Parse(line, file, number);
            if (sender == receiver) continue;
            if (follows.Add((sender, receiver))) yield return new SocialAction(ActionKind.Follow, sender, 0, receiver);
            if (!posts.TryUse(receiver, InteractionsPerPost, out var postId))
            {
                yield return posts.Publish(receiver);
                posts.TryUse(receiver, InteractionsPerPost, out postId);
            }

            yield return new SocialAction(Interaction(number), sender, postId, receiver);
        }
    }

    /// <summary>The file says that u and v had to do with each other, not how: views, likes and comments take turns.</summary>
    private static ActionKind Interaction(int number) => (number % 10) switch
    {
        0 or 3 or 6 => ActionKind.View,
        9 => ActionKind.Share,
        1 or 4 or 7 => ActionKind.Comment,
        _ => ActionKind.Like,
    };

    private static (long Sender, long Receiver) Parse(string line, string file, int number)
    {
        var parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 3
            && long.TryParse(parts[0], System.Globalization.CultureInfo.InvariantCulture, out var sender)
            && long.TryParse(parts[1], System.Globalization.CultureInfo.InvariantCulture, out var receiver)
            && long.TryParse(parts[2], System.Globalization.CultureInfo.InvariantCulture, out _))
            return (sender, receiver);
        throw new Commands.CommandException($"{file}, line {number}: expected 'sender receiver unix-seconds', three integers.");
    }

    private static StreamReader Open(string file)
    {
        if (!File.Exists(file)) throw new Commands.CommandException($"There is no file '{file}'. Give --input the path of a message file.");
        var stream = File.OpenRead(file);
        return new StreamReader(file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream);
    }
}
