using Npgsql;
using Nova.Events.Postgres.Capture.Values;

namespace Nova.Events.Postgres.Capture;

/// <summary>
/// Encoders by type. Types that PostgreSQL does not bring along (enums, domains, arrays, an extension's) are looked up in the database, once:
/// what an object id stands for does not change.
/// </summary>
internal sealed class TypeCatalog(NpgsqlDataSource database)
{
    private const string Find = """
        SELECT t.typtype::text, t.typname::text, t.typelem, t.typbasetype, t.typtypmod, t.typdelim::text,
               (SELECT e.typarray = t.oid FROM pg_type e WHERE e.oid = t.typelem) IS TRUE
        FROM pg_type t WHERE t.oid = $1
        """;

    private readonly Dictionary<(uint Oid, int Modifier), ValueEncoder> _encoders = [];

    /// <summary>The encoder of a column's type.</summary>
    /// <exception cref="NpgsqlException">The database can't be asked.</exception>
    public ValueEncoder EncoderOf(uint oid, int modifier)
    {
        if (_encoders.TryGetValue((oid, modifier), out var known)) return known;
        return _encoders[(oid, modifier)] = TypeEncoders.Of(oid, modifier) ?? LookUp(oid, modifier);
    }

    /// <summary>A type that was dropped since has left its text.</summary>
    private ValueEncoder LookUp(uint oid, int modifier) => Read(oid) switch
    {
        { IsArray: true } array => new ArrayEncoder(EncoderOf(array.Element, modifier), (byte)array.Delimiter),
        { Kind: 'd' } domain => EncoderOf(domain.Base, domain.Modifier),
        { } type => TypeEncoders.Named(type.Name),
        null => TypeEncoders.Named(""),
    };

    private CatalogType? Read(uint oid)
    {
        using var command = database.CreateCommand(Find);
        command.Parameters.Add(new NpgsqlParameter { Value = oid, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Oid });
        using var reader = command.ExecuteReader();
        if (!reader.Read()) return null;
        return new CatalogType(
            reader.GetString(0)[0], reader.GetString(1), reader.GetFieldValue<uint>(2), reader.GetFieldValue<uint>(3), reader.GetInt32(4), reader.GetString(5)[0], reader.GetBoolean(6));
    }

    private readonly record struct CatalogType(char Kind, string Name, uint Element, uint Base, int Modifier, char Delimiter, bool IsArray);
}
