namespace Nova.Events.ClickHouse;

/// <summary>What an error calls for.</summary>
public enum ClickHouseErrorKind
{
    /// <summary>Passing or unknown: try again.</summary>
    Transient,

    /// <summary>The server could not read, or does not admit, a row.</summary>
    Row,

    /// <summary>Table, column or type is not what was expected.</summary>
    Schema,

    /// <summary>Login or grants.</summary>
    Denied,

    /// <summary>A materialized view threw: never the data's fault, since the table takes the row.</summary>
    View,

    /// <summary>Parts are not merged as fast as they come: fewer and larger inserts.</summary>
    TooManyParts,

    /// <summary>A setting or a limit that exactly-once needs is forbidden or too low.</summary>
    Configuration,
}

/// <summary>The server refused or failed a request, or could not be reached.</summary>
public sealed class ClickHouseException : Exception
{
    /// <summary>An error with the server's code; 0 where no server answered.</summary>
    public ClickHouseException(int code, ClickHouseErrorKind kind, string message, Exception? inner = null) : base(message, inner) =>
        (Code, Kind) = (code, kind);

    /// <summary>ClickHouse's error code; 0 where no server answered.</summary>
    public int Code { get; }

    /// <summary>What it calls for.</summary>
    public ClickHouseErrorKind Kind { get; }
}
