using System.Text;
using Npgsql;

namespace Nova.Events.Postgres.Wal.Wire;

/// <summary>An ErrorResponse of the server as the exception that Npgsql would throw.</summary>
internal static class ServerError
{
    public static PostgresException Read(ReadOnlySpan<byte> body)
    {
        var fields = new Dictionary<char, string>();
        while (body.Length > 1 && body[0] != 0)
        {
            var end = body.IndexOf((byte)0);
            fields[(char)body[0]] = Encoding.UTF8.GetString(body[1..end]);
            body = body[(end + 1)..];
        }

        string Field(char type) => fields.GetValueOrDefault(type, "");
        return new PostgresException(Field('M'), Field('S'), Field('V'), Field('C'), Field('D'), Field('H'));
    }
}
