using Npgsql;
using Nova.Events.LocalStack.Files;
using Nova.Events.LocalStack.Processes;
using Nova.Events.LocalStack.Sources;

namespace Nova.Events.LocalStack.Postgres;

/// <summary>A database cluster of ours, made once by initdb, run by the programs of one folder.</summary>
internal static class PostgresCluster
{
    private const string Superuser = "nova";
    private const string Database = "nova";

    public static async Task<RunningServer> StartAsync(ServerPlace place, string programs, string origin, CancellationToken cancellationToken)
    {
        // "postgres (PostgreSQL) 15.18 (Debian …)": data of another major version cannot be read, so each has its folder.
        var version = (await Command.RunAsync(Path.Combine(programs, "postgres"), ["--version"], "/", cancellationToken)).Split(' ')[2].Trim();
        var user = ServerUser();
        var wanted = Path.Combine(place.Folder, $"v{version.Split('.')[0]}");
        var folder = user is null ? Directory.CreateDirectory(wanted).FullName : ReachableFolder.For(wanted);
        var data = Path.Combine(folder, "data");
        if (!Directory.Exists(data)) await CreateAsync(place, programs, user, folder, data, cancellationToken);

        var server = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = place.Port, Username = Superuser, Database = "postgres" };
        var spec = new ProcessSpec
        {
            Program = Path.Combine(programs, "postgres"),
            Arguments = Arguments(place, data),
            Folder = place.Folder,
            User = user,
            Stop = Signal.Interrupt, // fast shutdown: ends sessions, writes a checkpoint
            ParentDeath = Signal.Quit,
            StopTimeout = TimeSpan.FromSeconds(15),
        };
        var process = new ServerProcess(spec, token => PostgresCheck.AnswersAsync(server.ConnectionString, token), place.Options.StartTimeout, place.Time);
        await process.StartAsync(cancellationToken);
        await CreateDatabaseAsync(server.ConnectionString, cancellationToken);
        server.Database = Database;
        return new RunningServer(server.ConnectionString, $"127.0.0.1:{place.Port}, PostgreSQL {version}, {origin}") { Process = process };
    }

    /// <remarks>The server refuses to run as root.</remarks>
    private static UnixUser? ServerUser() =>
        Signals.IsRoot
            ? UnixUser.Find("postgres") ?? UnixUser.Find("nobody") ?? throw new LocalServersException("PostgreSQL does not run as root, and there is neither a user postgres nor nobody: create one (useradd postgres)")
            : null;

    private static async Task CreateAsync(ServerPlace place, string programs, UnixUser? user, string folder, string data, CancellationToken cancellationToken)
    {
        place.Say("creating the database cluster");
        var unfinished = data + ".new";
        if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        List<string> words = [Path.Combine(programs, "initdb"), "-D", unfinished, "-U", Superuser, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"];
        if (!place.Options.Durable) words.Add("--no-sync");
        if (user is not null)
        {
            await Command.RunAsync("chown", [$"{user.Id}:{user.GroupId}", folder], "/", cancellationToken);
            words.InsertRange(0, ["setpriv", "--reuid", $"{user.Id}", "--regid", $"{user.GroupId}", "--clear-groups", "--"]);
        }
        await Command.RunAsync(words[0], words[1..], folder, cancellationToken);
        Directory.Move(unfinished, data);
    }

    private static string[] Arguments(ServerPlace place, string data) =>
    [
        "-D", data, "-p", $"{place.Port}",
        "-c", "listen_addresses=127.0.0.1",
        "-c", "unix_socket_directories=",
        "-c", "wal_level=logical",
        "-c", "max_replication_slots=50",
        "-c", "max_wal_senders=50",
        "-c", "max_connections=200",
        "-c", "track_commit_timestamp=on",
        "-c", $"fsync={(place.Options.Durable ? "on" : "off")}",
    ];

    private static async Task CreateDatabaseAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        // It may run as a standby, which takes no command to make what is there.
        await using var find = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = Database } } };
        if (await find.ExecuteScalarAsync(cancellationToken) is not null) return;
        await using var create = new NpgsqlCommand($"CREATE DATABASE {Database}", connection);
        await create.ExecuteNonQueryAsync(cancellationToken);
    }
}
