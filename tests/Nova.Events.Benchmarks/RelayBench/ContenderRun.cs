using Nova.Events.Benchmarks.Measuring;

namespace Nova.Events.Benchmarks.RelayBench;

/// <summary>What one run of one contender came to.</summary>
/// <param name="Warm">Events a second after the warm-up.</param>
/// <param name="Cold">Events a second from the first to the last.</param>
/// <param name="Start">From the start of the process to the first event; null where that is not seen.</param>
/// <param name="Used">By the contender's processes, to the last event.</param>
/// <param name="WalSender">Processor time of the server process that decodes for it.</param>
/// <param name="Strangers">Processors that were busy with something else.</param>
/// <param name="Repeats">Records beyond one for each event.</param>
internal sealed record ContenderRun(double Warm, double Cold, TimeSpan? Start, ProcessUsage Used, TimeSpan WalSender, double Strangers, long Repeats);
