using MassTransit;
using Nova.Events.ShopService;

// A small service on MassTransit: it takes orders over HTTP and bills what it consumes. As a ledger it only books what it consumes.
var builder = WebApplication.CreateBuilder(args);
if (builder.Configuration["Shop:Role"] == "ledger")
{
    builder.Services.AddLedger(builder.Configuration);
    await builder.Build().RunAsync();
    return;
}

builder.Services.AddShop(builder.Configuration);
var app = builder.Build();
app.MapPost("/orders", async (Order order, ShopContext shop, IPublishEndpoint events) =>
{
    if (await shop.Orders.FindAsync(order.Id) is not null) return Results.Conflict();
    shop.Add(order);
    await events.Publish(new OrderSubmitted(order.Id, order.Customer, order.Total));
    await shop.SaveChangesAsync();
    return Results.Ok();
});
await app.RunAsync();
