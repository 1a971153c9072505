using Nova.Events.LocalStack;
using Nova.Events.LocalStack.Files;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.LocalStack;

public sealed class DataFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nova-data-").FullName;

    private string Data => Path.Combine(_folder, "postgres", "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Fresh_deletes_nothing_in_a_folder_that_no_run_of_ours_made()
    {
        Write();
        Should.Throw<LocalServersException>(() => DataFolder.Open(_folder, fresh: true, [ServerKind.Postgres])).Message.ShouldBe(
            $"The folder {_folder} holds data, and no earlier nova run. Nothing was deleted: give --fresh an empty folder, or one of ours.");
        File.ReadAllText(Data).ShouldBe("precious");
        // The refusal does not make it one of ours.
        Should.Throw<LocalServersException>(() => DataFolder.Open(_folder, fresh: true, [ServerKind.Postgres]));
        File.Exists(Data).ShouldBeTrue();
    }

    [Fact]
    public void Fresh_deletes_what_a_run_of_ours_left_and_only_that()
    {
        using (DataFolder.Open(_folder, fresh: false, [ServerKind.Postgres])) Write();
        var other = Directory.CreateDirectory(Path.Combine(_folder, "notes")).FullName;
        using var fresh = DataFolder.Open(_folder, fresh: true, [ServerKind.Postgres]);
        File.Exists(Data).ShouldBeFalse();
        Directory.Exists(other).ShouldBeTrue();
    }

    private void Write()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Data)!);
        File.WriteAllText(Data, "precious");
    }
}
