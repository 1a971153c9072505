using Npgsql;

namespace Nova.Events.ChaosTests.Relay.Writing;

/// <summary>One transaction of a writer. Keys are locked in one order everywhere, so no two transactions wait for each other.</summary>
internal sealed class ChaosTransaction(NpgsqlConnection connection, int writer, Random random)
{
    private const int EventsOfLargeOne = 5_000;
    private const string Row = "row";
    private const string Message = "message";
    private const string Oversize = "oversize";
    private static readonly string[] AnyKeys = [.. from type in new[] { "follow", "post", "small" } from number in Enumerable.Range(1, 8) select $"{type}-{number}"];
    private static readonly string[] SmallKeys = [.. AnyKeys.Where(key => key.StartsWith("small", StringComparison.Ordinal))];

    /// <summary>Emits the events of one form of transaction; the commit is the caller's.</summary>
    public Task EmitAsync(TransactionForm form, NpgsqlTransaction transaction, CancellationToken cancellationToken) => form switch
    {
        TransactionForm.Single => EmitAsync(AnyKey(), Row, 1, cancellationToken),
        TransactionForm.SeveralKeys or TransactionForm.RolledBack => EmitAllAsync(Keys(random.Next(2, 6)), [Row], cancellationToken),
        TransactionForm.PartlyRolledBack => EmitAroundSavepointAsync(Keys(3), transaction, cancellationToken),
        TransactionForm.Message => EmitAsync(AnyKey(), Message, 1, cancellationToken),
        TransactionForm.RowAndMessage => EmitAllAsync(Keys(2), [Row, Message], cancellationToken),
        TransactionForm.Oversize => EmitOversizeAsync(SmallKeys[random.Next(SmallKeys.Length)], cancellationToken),
        TransactionForm.Large => EmitAsync(AnyKey(), Row, EventsOfLargeOne, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(form), form, null),
    };

    private async Task EmitAroundSavepointAsync(string[] keys, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await EmitAsync(keys[0], Row, 1, cancellationToken);
        await transaction.SaveAsync("part", cancellationToken);
        await EmitAsync(keys[1], random.Next(3) == 0 ? Message : Row, 2, cancellationToken);
        await transaction.RollbackAsync("part", cancellationToken);
        await EmitAsync(keys[2], Row, 1, cancellationToken);
    }

    private async Task EmitOversizeAsync(string key, CancellationToken cancellationToken)
    {
        foreach (var form in new[] { Row, Oversize, Row }) await EmitAsync(key, form, 1, cancellationToken);
    }

    private async Task EmitAllAsync(string[] keys, string[] forms, CancellationToken cancellationToken)
    {
        for (var i = 0; i < keys.Length; i++) await EmitAsync(keys[i], forms[i % forms.Length], 1, cancellationToken);
    }

    private async Task EmitAsync(string key, string form, int events, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT chaos.emit($1, $2, $3, $4)", connection)
        {
            Parameters = { new() { Value = writer }, new() { Value = key }, new() { Value = form }, new() { Value = events } },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private string AnyKey() => AnyKeys[random.Next(AnyKeys.Length)];

    /// <summary>Some keys, the same one perhaps more than once, in the order in which they are locked.</summary>
    private string[] Keys(int count) => [.. Enumerable.Range(0, count).Select(_ => AnyKey()).Order(StringComparer.Ordinal)];
}
