namespace Nova.Events.ShopService;

/// <summary>A customer ordered.</summary>
public sealed record OrderSubmitted(Guid OrderId, string Customer, decimal Total);

/// <summary>An order was billed.</summary>
public sealed record OrderBilled(Guid OrderId, decimal Total);
