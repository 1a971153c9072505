namespace Nova.Events.Benchmarks.Consuming;

/// <summary>One run of one way.</summary>
/// <param name="Rate">Records a second, from the first to the last.</param>
/// <param name="Bytes">Managed memory that the whole process allocated, a record.</param>
/// <param name="Processors">Processors that this process kept busy.</param>
internal readonly record struct ConsumeRun(double Rate, double Bytes, double Processors);
