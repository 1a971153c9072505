using System.Globalization;
using System.Text;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Handling;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class RetryWindowTests
{
    private static readonly Guid Six = Guid.CreateVersion7(), Seven = Guid.CreateVersion7();
    private readonly RetryWindow _window = new();

    /// <summary>Regression: a copy by a new owner, which had not tried the record itself, came with fewer attempts and was handled behind newer ones.</summary>
    [Fact]
    public void A_copy_with_as_many_attempts_or_fewer_is_a_repeat_and_one_with_more_comes_back()
    {
        IsRepeat(0, Six, 3).ShouldBeFalse();
        IsRepeat(1, Seven, 0).ShouldBeFalse();
        IsRepeat(2, Six, 0).ShouldBeTrue();
        IsRepeat(3, Seven, 0).ShouldBeTrue();
        IsRepeat(4, Six, 3).ShouldBeTrue();
        IsRepeat(5, Six, 4).ShouldBeFalse();
        IsRepeat(6, Six, 3).ShouldBeTrue();
    }

    [Fact]
    public void What_is_known_is_forgotten_beyond_the_window_counted_from_its_last_copy()
    {
        IsRepeat(0, Six, 2).ShouldBeFalse();
        IsRepeat(RetryWindow.Offsets, Six, 1).ShouldBeTrue();
        IsRepeat(RetryWindow.Offsets + 1, Seven, 0).ShouldBeFalse();
        IsRepeat(RetryWindow.Offsets * 2, Six, 2).ShouldBeTrue("its last copy is not farther back");
        IsRepeat((RetryWindow.Offsets * 3) + 1, Six, 2).ShouldBeFalse();
    }

    private bool IsRepeat(long offset, Guid id, int attempts) => _window.IsRepeat(new ConsumedRecord
    {
        Topic = "g.retry", Partition = 0, Offset = offset, Timestamp = DateTimeOffset.UnixEpoch, Key = [1], Value = [],
        Headers =
        [
            new(HeaderNames.DeadLetterId, Encoding.UTF8.GetBytes(id.ToString())),
            new(HeaderNames.DeadLetterAttempts, Encoding.UTF8.GetBytes(attempts.ToString(CultureInfo.InvariantCulture))),
        ],
    }.View());
}
