using Xunit;

namespace Mina.Host.Tests.Commands;

/// <summary><c>ingest --watch</c> goes on taking new recordings until it is stopped.</summary>
public sealed class WatchTests
{
    [Fact]
    public async Task A_recording_that_arrives_while_ingest_watches_is_in_the_shards_when_it_is_stopped()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["raw"]);
        File.Copy(Path.Combine(Places.DataRaw, "REFERENCE.csv"), Path.Combine(folder["raw"], "REFERENCE.csv"));
        Arrive("sim00001");

        using var mina = MinaProcess.Start(folder.Path, "ingest", "raw", "--out", "shards", "--watch");
        await Taken();
        Arrive("sim00002");
        await Listed("sim00002");
        mina.Interrupt();
        var result = (await mina.WaitAsync()).ShouldSucceed();

        Assert.Contains("2 recordings", result.Output);

        async Task Taken()
        {
            while (!Directory.Exists(folder["shards"]) || !Directory.EnumerateDirectories(folder["shards"], "split=*").Any())
            {
                Assert.False(mina.HasExited);
                await Task.Delay(20);
            }
        }

        // What arrived is finished and listed while the watch goes on: nothing waits for its end.
        async Task Listed(string id)
        {
            var manifest = Path.Combine(folder["shards"], "manifest.jsonl");
            while (!File.Exists(manifest) || !(await File.ReadAllTextAsync(manifest)).Contains(id))
            {
                Assert.False(mina.HasExited);
                await Task.Delay(20);
            }
        }

        void Arrive(string id)
        {
            foreach (var name in new[] { id + ".dat", id + ".hea" })
                File.Copy(Path.Combine(Places.DataRaw, name), Path.Combine(folder["raw"], name));
        }
    }
}
