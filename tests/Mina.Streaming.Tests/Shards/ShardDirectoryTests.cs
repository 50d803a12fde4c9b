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
    public void What_is_unfinished_is_removed_and_all_else_stays()
    {
        using var temp = new TemporaryFolder();
        TestRows.Write(temp["out"], 40, [30, 20, 7]);
        var before = TemporaryFolder.Contents(temp["out"]);
        File.WriteAllText(temp["out/split=test/part-00001.parquet.tmp"], "not finished");
        File.AppendAllText(temp["out/manifest.jsonl"], "{\"name\":\"split=train/part-0");
        File.WriteAllText(temp["out/split=train/notes.txt"], "the user's");
        ShardDirectory.Open(temp["out"], new ShardSettings { RowsPerShard = 40 }).Dispose();
        Assert.True(File.Exists(temp["out/split=train/notes.txt"]));
        File.Delete(temp["out/split=train/notes.txt"]);
        Assert.Equal(before, TemporaryFolder.Contents(temp["out"]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Shards_whose_manifest_is_lost_or_cut_are_refused_in_one_sentence_and_none_is_touched(int linesLeft)
    {
        using var temp = new TemporaryFolder();
        TestRows.Write(temp["out"], 40, [30, 20, 7]);
        var lines = File.ReadAllLines(temp["out/manifest.jsonl"]);
        File.WriteAllText(temp["out/manifest.jsonl"], string.Concat(lines.Take(linesLeft).Select(line => line + "\n")));
        Check(3 - linesLeft);
        File.Delete(temp["out/manifest.jsonl"]);
        Check(3);

        void Check(int unlisted)
        {
            var before = TemporaryFolder.Contents(temp["out"]);
            var e = Assert.Throws<ProblemException>(() => ShardDirectory.Open(temp["out"], new ShardSettings { RowsPerShard = 40 }));
            Assert.Contains($"holds {unlisted} shards that its manifest.jsonl does not list", e.Message);
            Assert.Equal(before, TemporaryFolder.Contents(temp["out"]));
        }
    }

    [Fact]
    public void One_unlisted_shard_is_replaced_by_the_same_again_and_moved_away_for_another()
    {
        using var temp = new TemporaryFolder();
        TestRows.Write(temp["out"], 40, [30], Split.Train);
        var whole = TemporaryFolder.Contents(temp["out"]);
        File.Delete(temp["out/manifest.jsonl"]);
        TestRows.Write(temp["out"], 40, [30], Split.Train);
        Assert.Equal(whole, TemporaryFolder.Contents(temp["out"]));

        File.Delete(temp["out/manifest.jsonl"]);
        TestRows.Write(temp["out"], 40, [31], Split.Train);
        var shard = Path.Combine("split=train", "part-00000.parquet");
        Assert.Equal(whole[shard], TemporaryFolder.Contents(temp["out"])[shard + ".unlisted"]);
    }

    [Fact]
    public void Every_way_of_reading_refuses_a_shard_with_a_flipped_bit()
    {
        using var temp = new TemporaryFolder();
        var set = TestRows.Write(temp["out"], 40, [40, 40], Split.Train);
        var path = temp["out/" + set.Shards[1].Name];
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
        var read = new Action<ShardSet>[]
        {
            shards => shards.Rows().ToList(),
            shards => shards.Batches(Split.Train, 8).ToList(),
            shards => shards.ShuffledBatches(Split.Train, 8, 1, 1).ToList(),
        };
        foreach (var way in read)
            Assert.Contains("SHA-256 differs", Assert.Throws<ProblemException>(() => way(ShardSet.Open(temp["out"]))).Message);
        var found = ShardVerification.Run(temp["out"]);
        Assert.Contains(set.Shards[1].Name, Assert.Single(found.Faults));
        Assert.Equal(2, found.Shards);
    }

    [Theory]
    [InlineData("../outside/part-00000.parquet")]
    [InlineData("split=train/../../part-00000.parquet")]
    [InlineData("/etc/part-passwd.parquet")]
    public void A_manifest_that_names_a_file_elsewhere_is_damaged(string name)
    {
        using var temp = new TemporaryFolder();
        TestRows.Write(temp["out"], 40, [30, 20]);
        var lines = File.ReadAllLines(temp["out/manifest.jsonl"]);
        lines[0] = lines[0].Replace("split=train/part-00000.parquet", name, StringComparison.Ordinal);
        File.WriteAllLines(temp["out/manifest.jsonl"], lines);
        Assert.Contains("damaged in line 1", Assert.Throws<ProblemException>(() => ShardSet.Open(temp["out"])).Message);
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
