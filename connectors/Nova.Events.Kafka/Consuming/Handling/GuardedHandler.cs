using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>A handler that never throws: one that does asks for its record to be tried again. Costs nothing where it returns at once.</summary>
internal sealed class GuardedHandler(IRecordHandler handler)
{
    public ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken closed)
    {
        try
        {
            var handling = handler.HandleAsync(record, closed);
            return handling.IsCompletedSuccessfully ? handling : GuardAsync(handling);
        }
#pragma warning disable CA1031 // Handlers don't throw out; one that does is tried again.
        catch (Exception exception)
        {
            return ValueTask.FromResult(Threw(exception));
        }

        static async ValueTask<Outcome> GuardAsync(ValueTask<Outcome> handling)
        {
            try
            {
                return await handling;
            }
            catch (Exception exception)
            {
                return Threw(exception);
            }
        }
#pragma warning restore CA1031

        static Outcome Threw(Exception exception) => Outcome.RetryLater($"The handler threw {exception.GetType().Name}.", exception);
    }
}
