namespace Nova.Events.Kafka.Consuming.State;

/// <summary>The insert that comes next, committed before it is sent. Its range begins at the committed offset.</summary>
/// <param name="Last">Last offset of the range.</param>
/// <param name="Rows">Rows of the block.</param>
/// <param name="Checksum">Checksum of its bytes.</param>
/// <param name="Attempt">1, or the number of the choice of rows where an earlier one of this range could not be repeated.</param>
/// <param name="Excluded">Offsets that the block leaves out: rows that the table had already, or that the server refused.</param>
internal sealed record Intent(long Last, int Rows, ulong Checksum, int Attempt, OffsetSpans Excluded);
