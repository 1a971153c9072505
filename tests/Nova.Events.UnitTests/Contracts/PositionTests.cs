using System.Text;
using Nova.Events.Contracts;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Contracts;

public sealed class PositionTests
{
    private static readonly Position Known = new(0x1a, 0x16B374D848, 0x2f);

    [Fact]
    public void The_text_form_is_era_lsn_and_ordinal_in_lower_case_hex()
    {
        Known.ToString().ShouldBe("001a.00000016b374d848.0000002f");
        Known.ToString().Length.ShouldBe(Position.TextLength);
    }

    [Fact]
    public void Every_position_comes_back_from_its_text_its_bytes_and_its_number()
    {
        Span<byte> bytes = stackalloc byte[Position.TextLength];
        foreach (var position in Some(2_000))
        {
            position.WriteUtf8(bytes).ShouldBe(Position.TextLength);
            Encoding.ASCII.GetString(bytes).ShouldBe(position.ToString());
            Position.TryParse(bytes, out var parsed).ShouldBeTrue();
            parsed.ShouldBe(position);
            Position.FromUInt128(position.ToUInt128()).ShouldBe(position);
        }
    }

    [Fact]
    public void Positions_compare_alike_as_values_as_text_and_as_numbers()
    {
        var positions = Some(400).ToArray();
        foreach (var (left, right) in positions.Zip(positions.Skip(1)).Append((Known, Known)))
        {
            var order = Math.Sign(left.CompareTo(right));
            Math.Sign(string.CompareOrdinal(left.ToString(), right.ToString())).ShouldBe(order);
            Math.Sign(left.ToUInt128().CompareTo(right.ToUInt128())).ShouldBe(order);
            bool[] operators = [(left < right), (left > right), (left <= right), (left >= right)];
            operators.ShouldBe([order < 0, order > 0, order <= 0, order >= 0]);
        }
    }

    [Fact]
    public void A_later_era_is_above_every_lsn_and_a_later_lsn_above_every_ordinal()
    {
        (new Position(2, 0, 0) > new Position(1, ulong.MaxValue, uint.MaxValue)).ShouldBeTrue();
        (new Position(1, 8, 0) > new Position(1, 7, uint.MaxValue)).ShouldBeTrue();
    }

    [Fact]
    public void The_parts_of_a_change_lie_between_it_and_the_next_change()
    {
        Position.Of(1, 100, 3).Ordinal.ShouldBe(24u);
        Position.Of(1, 100, 3, 7).Ordinal.ShouldBe(31u);
        Position.Of(1, 100, 4).Ordinal.ShouldBe(32u);
        Should.Throw<OverflowException>(() => Position.Of(1, 100, uint.MaxValue / 4));
    }

    [Theory]
    [InlineData("")]
    [InlineData("001a.00000016b374d848.0000002")]
    [InlineData("001a.00000016b374d848.0000002f0")]
    [InlineData("001A.00000016b374d848.0000002f")]
    [InlineData("001a-00000016b374d848.0000002f")]
    [InlineData("001a.00000016b374d848-0000002f")]
    [InlineData("001g.00000016b374d848.0000002f")]
    [InlineData("001a. 0000016b374d848.0000002f")]
    [InlineData("001a.00000016b374d848.+000002f")]
    public void Anything_else_is_no_position(string text) => Position.TryParse(Encoding.UTF8.GetBytes(text), out _).ShouldBeFalse();

    [Fact]
    public void Too_short_a_buffer_is_refused() =>
        Should.Throw<ArgumentException>(() => Known.WriteUtf8(new byte[Position.TextLength - 1])).Message.ShouldContain("30 bytes");

    private static IEnumerable<Position> Some(int count)
    {
        var random = new Random(20261121);
        yield return default;
        yield return new Position(ushort.MaxValue, ulong.MaxValue, uint.MaxValue);
        // Few bits, so that neighbours often share an era or an LSN.
        for (var i = 0; i < count; i++)
            yield return new Position((ushort)random.Next(3), (ulong)random.NextInt64() >> random.Next(64), (uint)random.Next() >> random.Next(32));
    }
}
