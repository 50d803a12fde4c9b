using Mina.Streaming.Simulation;
using Xunit;

namespace Mina.Streaming.Tests.Simulation;

/// <summary>The committed recordings of <c>data/raw</c>.</summary>
public class SampleDataTests
{
    /// <summary>What <c>data/README.md</c> says they were made with.</summary>
    private static readonly SimulationOptions Options = new() { Seed = 2019, Count = 40 };

    [Fact]
    public void The_simulator_makes_data_raw_again_byte_for_byte()
    {
        var committed = Path.Combine(Repository(), "data", "raw");
        // MINA_WRITE_DATA=1 writes them again, after a change that is meant to change them
        if (Environment.GetEnvironmentVariable("MINA_WRITE_DATA") == "1") SimulationFolder.Write(committed, Options);

        using var again = new TemporaryFolder();
        SimulationFolder.Write(again.Path, Options);
        Assert.Equal(Names(committed), Names(again.Path));
        foreach (var name in Names(committed))
            Assert.True(File.ReadAllBytes(Path.Combine(committed, name)).SequenceEqual(File.ReadAllBytes(again[name])), name);
        Assert.InRange(Names(committed).Sum(n => new FileInfo(Path.Combine(committed, n)).Length), 500_000, 2_000_000);
    }

    private static string[] Names(string folder) => [.. Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private static string Repository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Mina.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException("the repository's root is not above the tests");
    }
}
