using System.Collections.Frozen;

namespace Nova.Events.ClickHouse;

/// <summary>ClickHouse's error codes (src/Common/ErrorCodes.cpp) by what they call for. What is not listed is tried again: a retry under a token is harmless.</summary>
internal static class ErrorCodes
{
    // 33 and 131 (truncated body) are the network's: tried again.
    private static readonly FrozenSet<int> Row = new HashSet<int>
    {
        6,   // CANNOT_PARSE_TEXT
        26,  // CANNOT_PARSE_QUOTED_STRING
        27,  // CANNOT_PARSE_INPUT_ASSERTION_FAILED
        38,  // CANNOT_PARSE_DATE
        41,  // CANNOT_PARSE_DATETIME
        69,  // ARGUMENT_OUT_OF_BOUND
        70,  // CANNOT_CONVERT_TYPE
        72,  // CANNOT_PARSE_NUMBER
        117, // INCORRECT_DATA
        190, // SIZES_OF_ARRAYS_DONT_MATCH
        321, // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
        349, // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
        376, // CANNOT_PARSE_UUID
        407, // DECIMAL_OVERFLOW
        469, // VIOLATED_CONSTRAINT
        691, // UNKNOWN_ELEMENT_OF_ENUM
    }.ToFrozenSet();

    private static readonly FrozenSet<int> Schema = new HashSet<int>
    {
        8,   // THERE_IS_NO_COLUMN
        10,  // NOT_FOUND_COLUMN_IN_BLOCK
        16,  // NO_SUCH_COLUMN_IN_TABLE
        20,  // NUMBER_OF_COLUMNS_DOESNT_MATCH
        36,  // BAD_ARGUMENTS
        44,  // ILLEGAL_COLUMN
        47,  // UNKNOWN_IDENTIFIER
        50,  // UNKNOWN_TYPE
        53,  // TYPE_MISMATCH
        60,  // UNKNOWN_TABLE
        81,  // UNKNOWN_DATABASE
        115, // UNKNOWN_SETTING
    }.ToFrozenSet();

    private static readonly FrozenSet<int> Denied = new HashSet<int>
    {
        192, // UNKNOWN_USER
        193, // WRONG_PASSWORD
        194, // REQUIRED_PASSWORD
        291, // DATABASE_ACCESS_DENIED
        497, // ACCESS_DENIED
        516, // AUTHENTICATION_FAILED
    }.ToFrozenSet();

    private static readonly FrozenSet<int> Configuration = new HashSet<int>
    {
        164, // READONLY
        452, // SETTING_CONSTRAINT_VIOLATION
    }.ToFrozenSet();

    private const int TooManyParts = 252;

    /// <param name="code">The server's code.</param>
    /// <param name="text">What it said: whatever a view throws has the code of the cause, and only the text says that it was a view.</param>
    public static ClickHouseErrorKind KindOf(int code, string text) =>
        text.Contains("while pushing to view", StringComparison.Ordinal) ? ClickHouseErrorKind.View
        : code == TooManyParts && text.Contains("max_partitions_per_insert_block", StringComparison.Ordinal) ? ClickHouseErrorKind.Configuration
        : code == TooManyParts ? ClickHouseErrorKind.TooManyParts
        : Configuration.Contains(code) ? ClickHouseErrorKind.Configuration
        : Row.Contains(code) ? ClickHouseErrorKind.Row
        : Schema.Contains(code) ? ClickHouseErrorKind.Schema
        : Denied.Contains(code) ? ClickHouseErrorKind.Denied
        : ClickHouseErrorKind.Transient;
}
