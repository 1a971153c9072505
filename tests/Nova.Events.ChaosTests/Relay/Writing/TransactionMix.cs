namespace Nova.Events.ChaosTests.Relay.Writing;

/// <summary>How often each form of transaction is written.</summary>
internal static class TransactionMix
{
    private static readonly (TransactionForm Form, int Weight)[] Weights =
    [
        (TransactionForm.Single, 5_000),
        (TransactionForm.SeveralKeys, 1_700),
        (TransactionForm.PartlyRolledBack, 1_000),
        (TransactionForm.RolledBack, 900),
        (TransactionForm.Message, 900),
        (TransactionForm.RowAndMessage, 447),
        (TransactionForm.Oversize, 50),
        (TransactionForm.Large, 3),
    ];

    private static readonly int Sum = Weights.Sum(entry => entry.Weight);

    public static TransactionForm Next(Random random)
    {
        var left = random.Next(Sum);
        foreach (var (form, weight) in Weights)
        {
            if (left < weight) return form;
            left -= weight;
        }

        throw new InvalidOperationException("The weights do not add up.");
    }
}
