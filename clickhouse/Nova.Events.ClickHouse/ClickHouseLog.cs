using Microsoft.Extensions.Logging;

namespace Nova.Events.ClickHouse;

/// <summary>Log catalogue of the ClickHouse client and sink, 3000–3999.</summary>
internal static partial class ClickHouseLog
{
    [LoggerMessage(3000, LogLevel.Debug, "insert of {Token} into {Table} failed with code {Code}, {Kind}")]
    public static partial void InsertFailed(ILogger logger, string table, string token, int code, ClickHouseErrorKind kind);

    [LoggerMessage(3001, LogLevel.Warning, "the refused rows of {Range} for {Table} could not be looked for: {Reason}")]
    public static partial void BisectFailed(ILogger logger, string table, string range, string reason);
}
