using Mina.Preprocess;
using Mina.Streaming.Shards;
using Xunit;

namespace Mina.Streaming.Tests.Shards;

public sealed class ShardDirectoryTests
{
    public static TheoryData<ShardSettings, string> OtherSettings => new()
    {
        { new ShardSettings { Seed = 8 }, "seed 0, not 8" },
        { new ShardSettings { Ratios = new SplitRatios(0, 0, 100) }, "split 75/10/15, not 0/0/100" },
        { new ShardSettings { Lead = "II" }, "lead (the usual choice), not II" },
        { new ShardSettings { Fs = 250 }, "a default sampling frequency of none, not 250 Hz" },
        { new ShardSettings { RowsPerShard = 7 }, "2048 rows a shard, not 7" },
        { new ShardSettings { Preprocess = new PreprocessSettings { StrideAF = 500 } }, "preprocessing 'v1" },
    };

    [Theory]
    [MemberData(nameof(OtherSettings))]
    public void Shards_of_other_settings_are_refused_in_a_sentence_that_names_the_setting(ShardSettings other, string expected)
    {
        using var temp = new TemporaryFolder();
        ShardDirectory.Open(temp["out"], new ShardSettings()).Dispose();
        var before = TemporaryFolder.Contents(temp["out"]);
        var e = Assert.Throws<ProblemException>(() => ShardDirectory.Open(temp["out"], other));
        Assert.Contains(expected, e.Message);
        Assert.Equal(before, TemporaryFolder.Contents(temp["out"]));
    }

    [Fact]
    public void Two_cannot_add_at_once_and_the_second_may_when_the_first_is_done()
    {
        using var temp = new TemporaryFolder();
        using (ShardDirectory.Open(temp["out"], new ShardSettings()))
        {
            var e = Assert.Throws<ProblemException>(() => ShardDirectory.Open(temp["out"], new ShardSettings()));
            Assert.Contains("is being written by another process", e.Message);
        }

        ShardDirectory.Open(temp["out"], new ShardSettings()).Dispose();
    }

    [Fact]
    public void What_is_not_listed_is_removed_and_files_that_are_not_ours_stay()
    {
        using var temp = new TemporaryFolder();
        TestRows.Write(temp["out"], 40, [30, 20, 7]);
        var before = TemporaryFolder.Contents(temp["out"]);
        File.WriteAllText(temp["out/split=train/part-00001.parquet"], "not listed");
        File.WriteAllText(temp["out/split=test/part-00001.parquet.tmp"], "not finished");
        File.AppendAllText(temp["out/manifest.jsonl"], "{\"name\":\"split=train/part-0");
        File.WriteAllText(temp["out/split=train/notes.txt"], "the user's");
        ShardDirectory.Open(temp["out"], new ShardSettings { RowsPerShard = 40 }).Dispose();
        Assert.True(File.Exists(temp["out/split=train/notes.txt"]));
        File.Delete(temp["out/split=train/notes.txt"]);
        Assert.Equal(before, TemporaryFolder.Contents(temp["out"]));
    }

    [Fact]
    public void A_torn_manifest_is_read_without_its_last_line()
    {
        using var temp = new TemporaryFolder();
        TestRows.Write(temp["out"], 40, [30, 20, 7]);
        var manifest = File.ReadAllBytes(temp["out/manifest.jsonl"]);
        File.WriteAllBytes(temp["out/manifest.jsonl"], manifest[..^5]);
        Assert.Equal(2, ShardSet.Open(temp["out"]).Shards.Count);
    }

    [Fact]
    public void A_folder_without_shards_is_refused()
    {
        using var temp = new TemporaryFolder();
        Assert.Contains("holds no shards", Assert.Throws<ProblemException>(() => ShardSet.Open(temp.Path)).Message);
        Assert.Contains("does not exist", Assert.Throws<ProblemException>(() => ShardSet.Open(temp["none"])).Message);
    }

    [Fact]
    public void A_missing_a_shortened_and_a_changed_shard_are_each_found()
    {
        using var temp = new TemporaryFolder();
        var shard = TestRows.Write(temp["out"], 40, [30]).Shards[0];
        var path = temp["out/" + shard.Name];
        var bytes = File.ReadAllBytes(path);

        bytes[1000] ^= 1;
        File.WriteAllBytes(path, bytes);
        ShardSet.Open(temp["out"]);
        Assert.Contains("SHA-256", Assert.Throws<ProblemException>(() => ShardSet.Open(temp["out"], verify: true)).Message);

        File.WriteAllBytes(path, bytes[..^1]);
        Assert.Contains($"has {bytes.Length - 1} bytes", Assert.Throws<ProblemException>(() => ShardSet.Open(temp["out"])).Message);

        File.Delete(path);
        Assert.Contains("which is not there", Assert.Throws<ProblemException>(() => ShardSet.Open(temp["out"])).Message);
        Assert.Contains(
            "which is not there", Assert.Throws<ProblemException>(() => ShardDirectory.Open(temp["out"], new ShardSettings { RowsPerShard = 40 })).Message);
    }

    [Fact]
    public void A_damaged_shard_is_a_clear_error_while_reading()
    {
        using var temp = new TemporaryFolder();
        var set = TestRows.Write(temp["out"], 40, [30], Split.Train);
        var path = temp["out/" + set.Shards[0].Name];
        var bytes = File.ReadAllBytes(path);
        foreach (var (from, length) in new[] { (bytes.Length - 200, 190), (bytes.Length - 8, 8), (100, bytes.Length / 2), (0, bytes.Length) })
        {
            var damaged = bytes.ToArray();
            Array.Clear(damaged, from, length);
            File.WriteAllBytes(path, damaged);
            Assert.Contains(path, Assert.Throws<ProblemException>(() => set.Rows().Count()).Message);
            Assert.Contains(path, Assert.Throws<ProblemException>(() => set.Batches(Split.Train, 4).Count()).Message);
        }
    }

    [Fact]
    public void Settings_survive_their_file()
    {
        var settings = new ShardSettings
        {
            Seed = -5,
            Ratios = new SplitRatios(1, 2, 97),
            Lead = "MLII",
            Fs = 128.5,
            RowsPerShard = 9,
            Preprocess = new PreprocessSettings { StrideAF = 100, HighCutHz = 40.5 },
        };
        Assert.Equal(settings, ShardSettings.FromJson(settings.ToJson(), "settings.json"));
        Assert.Contains("damaged", Assert.Throws<ProblemException>(() => ShardSettings.FromJson("{"u8.ToArray(), "s")).Message);
        Assert.Contains("damaged", Assert.Throws<ProblemException>(() => ShardSettings.FromJson("{}"u8.ToArray(), "s")).Message);
    }
}
