using System.Security.Cryptography;
using Xunit;
using Xunit.Abstractions;

namespace Mina.Host.Tests.Commands;

/// <summary>SIGKILL at any point: a rerun ends with the bytes of a run that was never disturbed.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Seed = 20171;
    private const int Kills = 4;

    [Fact]
    public async Task Ingest_killed_at_random_points_and_run_again_gives_the_same_bytes_for_one_thread_and_for_two()
    {
        output.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        using var folder = new TemporaryFolder();
        (await MinaProcess.RunAsync(folder.Path, "simulate", "--out", "raw", "--count", "150", "--seed", "7", "--af", "0.5")).ShouldSucceed();
        (await MinaProcess.RunAsync(folder.Path, "ingest", "raw", "--out", "whole", "--threads", "1")).ShouldSucceed();
        var expected = Hashes(folder["whole"]);
        var bytes = SizeOf(folder["whole"]);

        for (var kill = 0; kill < Kills; kill++)
        {
            // A point of the work, not of time: when this much has been written.
            var after = random.NextInt64(bytes);
            using var mina = MinaProcess.Start(folder.Path, "ingest", "raw", "--out", "killed", "--threads", "2");
            while (!mina.HasExited && SizeOf(folder["killed"]) < after)
                await Task.Delay(5);
            mina.Kill();
            await mina.WaitAsync();
            output.WriteLine($"killed at {SizeOf(folder["killed"])} of {bytes} bytes");
        }

        (await MinaProcess.RunAsync(folder.Path, "ingest", "raw", "--out", "killed", "--threads", "2")).ShouldSucceed();
        Assert.Equal(expected, Hashes(folder["killed"]));
    }

    private static SortedDictionary<string, string> Hashes(string folder)
    {
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => !Path.GetFileName(file).StartsWith('.')))
            hashes[Path.GetRelativePath(folder, file)] = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));
        return hashes;
    }

    private static long SizeOf(string folder)
    {
        if (!Directory.Exists(folder))
            return 0;
        long sum = 0;
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            try
            {
                sum += file.Length;
            }
            catch (FileNotFoundException)
            {
                // Renamed between listing and asking.
            }
        }

        return sum;
    }
}
