using Microsoft.Extensions.Logging.Abstractions;
using Nova.Events.Api.Sources;
using Nova.Events.ClickHouse;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Api;

public sealed class SourceBreakerTests
{
    private static readonly TimeSpan Break = TimeSpan.FromMilliseconds(500);
    private readonly SourceBreaker _breaker = new("test", TimeSpan.FromSeconds(5), Break, TimeProvider.System, NullLogger.Instance);
    private int _calls;

    [Fact]
    public async Task A_source_that_keeps_failing_is_left_alone_and_asked_again_after_the_break()
    {
        for (var i = 0; i < 8; i++) (await Should.ThrowAsync<SourceUnavailableException>(FailAsync())).SourceName.ShouldBe("test");
        _calls.ShouldBe(5);
        using var clock = new PeriodicTimer(Break + TimeSpan.FromMilliseconds(50));
        await clock.WaitForNextTickAsync();
        (await _breaker.ReadAsync(_ => Task.FromResult(7), CancellationToken.None)).ShouldBe(7);
    }

    [Fact]
    public async Task A_mistake_of_ours_is_not_taken_for_an_absent_source()
    {
        for (var i = 0; i < 8; i++)
            await Should.ThrowAsync<InvalidOperationException>(_breaker.ReadAsync<int>(_ => throw new InvalidOperationException(), CancellationToken.None));
        (await _breaker.ReadAsync(_ => Task.FromResult(7), CancellationToken.None)).ShouldBe(7);
    }

    [Fact]
    public async Task A_source_that_hangs_is_given_up_in_time()
    {
        var hasty = new SourceBreaker("test", TimeSpan.FromMilliseconds(10), Break, TimeProvider.System, NullLogger.Instance);
        await Should.ThrowAsync<SourceUnavailableException>(hasty.ReadAsync(
            async token =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
                return 0;
            },
            CancellationToken.None));
    }

    private Task<int> FailAsync() => _breaker.ReadAsync<int>(
        _ =>
        {
            _calls++;
            throw new ClickHouseException(0, ClickHouseErrorKind.Transient, "away");
        },
        CancellationToken.None);
}
