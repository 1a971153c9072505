using System.Text;
using Nova.Events.IntegrationTests.Servers;
using Npgsql;

namespace Nova.Events.IntegrationTests.Postgres;

/// <summary>A role that must give a password, on a server that trusts all others: a line of its own before the rest of pg_hba.conf.</summary>
internal sealed class PasswordLogin : IAsyncDisposable
{
    private readonly NpgsqlDataSource _server;

    private byte[] _trusting = [];

    private PasswordLogin(NpgsqlDataSource server) => _server = server;

    public string Role { get; } = Fresh.Name("login");

    public static async Task<PasswordLogin> CreateAsync(NpgsqlDataSource server)
    {
        var login = new PasswordLogin(server);
        await login.AskAsync($"CREATE ROLE {login.Role} LOGIN REPLICATION PASSWORD 'right'");
        login._trusting = (byte[])(await login.AskAsync("SELECT pg_read_binary_file(current_setting('hba_file'))"))!;
        await login.WriteRulesAsync([.. Encoding.UTF8.GetBytes($"host all {login.Role} 127.0.0.1/32 scram-sha-256\n"), .. login._trusting]);
        return login;
    }

    public async ValueTask DisposeAsync()
    {
        await WriteRulesAsync(_trusting);
        await AskAsync($"DROP ROLE {Role}");
    }

    /// <summary>Returns once new sessions are let in by these rules.</summary>
    private async Task WriteRulesAsync(byte[] rules)
    {
        var before = await AskAsync("SELECT pg_conf_load_time()");
        var file = await AskAsync("SELECT lo_from_bytea(0, $1)", rules);
        await AskAsync($"SELECT lo_export({file}, current_setting('hba_file'))");
        await AskAsync($"SELECT lo_unlink({file}), pg_reload_conf()");
        await Eventually.ValueAsync(() => AskAsync("SELECT pg_conf_load_time()"), now => !Equals(now, before));
    }

    private async Task<object?> AskAsync(string sql, byte[]? bytes = null)
    {
        await using var command = _server.CreateCommand(sql);
        if (bytes is not null) command.Parameters.Add(new NpgsqlParameter { Value = bytes });
        return await command.ExecuteScalarAsync();
    }
}
