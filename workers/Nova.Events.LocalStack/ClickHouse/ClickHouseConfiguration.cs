namespace Nova.Events.LocalStack.ClickHouse;

/// <summary>The two configuration files of a trial server.</summary>
internal static class ClickHouseConfiguration
{
    /// <summary>Writes the files and returns the main one.</summary>
    public static async Task<string> WriteAsync(string folder, int httpPort, int tcpPort, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "users.xml"), Users, cancellationToken);
        var main = Path.Combine(folder, "config.xml");
        await File.WriteAllTextAsync(main, Server(folder, httpPort, tcpPort), cancellationToken);
        return main;
    }

    /// <remarks>Only the logs of queries and parts: the others write all the time, and nobody reads them in a trial.</remarks>
    private static string Server(string folder, int httpPort, int tcpPort) =>
        $"""
        <clickhouse>
          <logger><level>error</level><console>1</console></logger>
          <listen_host>127.0.0.1</listen_host>
          <http_port>{httpPort}</http_port>
          <tcp_port>{tcpPort}</tcp_port>
          <path>{folder}/data/</path>
          <tmp_path>{folder}/data/tmp/</tmp_path>
          <user_files_path>{folder}/data/user_files/</user_files_path>
          <users_config>{folder}/users.xml</users_config>
          <user_directories><users_xml><path>{folder}/users.xml</path></users_xml></user_directories>
          <default_profile>default</default_profile>
          <default_database>default</default_database>
          <mark_cache_size>268435456</mark_cache_size>
          <query_log><database>system</database><table>query_log</table></query_log>
          <part_log><database>system</database><table>part_log</table></part_log>
        </clickhouse>

        """;

    private const string Users =
        """
        <clickhouse>
          <profiles><default></default></profiles>
          <quotas><default></default></quotas>
          <users>
            <default>
              <password></password>
              <networks><ip>127.0.0.1</ip><ip>::1</ip></networks>
              <profile>default</profile>
              <quota>default</quota>
              <access_management>1</access_management>
            </default>
          </users>
        </clickhouse>

        """;
}
