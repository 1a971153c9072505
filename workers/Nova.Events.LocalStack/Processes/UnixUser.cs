namespace Nova.Events.LocalStack.Processes;

/// <summary>A user of this machine, from /etc/passwd.</summary>
internal sealed record UnixUser(string Name, int Id, int GroupId)
{
    public static UnixUser? Find(string name, string passwd = "/etc/passwd")
    {
        if (!File.Exists(passwd)) return null;
        foreach (var line in File.ReadLines(passwd))
        {
            var fields = line.Split(':');
            if (fields.Length > 3 && fields[0] == name) return new UnixUser(name, int.Parse(fields[2]), int.Parse(fields[3]));
        }
        return null;
    }
}
