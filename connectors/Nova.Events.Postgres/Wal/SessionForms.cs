namespace Nova.Events.Postgres.Wal;

/// <summary>
/// The text forms in which a session writes values, whatever the server, the database or the role is set to: the WAL and the snapshots must
/// speak alike.
/// </summary>
internal static class SessionForms
{
    /// <summary>As options of a connection string.</summary>
    public const string AsOptions = "-c DateStyle=ISO -c TimeZone=UTC -c IntervalStyle=postgres -c bytea_output=hex -c extra_float_digits=1 -c lc_monetary=C";
}
