using FsCheck;
using FsCheck.Xunit;
using Mina.Preprocess;
using Mina.Streaming.Shards;
using Xunit;

namespace Mina.Streaming.Tests.Shards;

public sealed class ShardRoundTripTests
{
    [Property(MaxTest = 12)]
    public void Writing_then_reading_is_the_identity_bit_for_bit(int seed, NonNull<string> id, byte size, byte labelled)
    {
        using var temp = new TemporaryFolder();
        var count = (size % 80) + 1;
        var name = id.Get.Length == 0 ? "r" : Printable(id.Get);
        Label? label = labelled % 5 == 4 ? null : (Label)(labelled % 5);
        var rows = TestRows.Random(seed, count);
        using (var directory = ShardDirectory.Open(temp["out"], new ShardSettings()))
        {
            using var writer = new ShardSetWriter(directory);
            writer.Write(name, label, Split.Test, rows);
            writer.CloseAll();
        }

        var read = 0;
        foreach (var row in ShardSet.Open(temp["out"], verify: true).Rows())
        {
            Assert.Equal(name, row.RecordingId);
            Assert.Equal(rows.Start[read], row.Start);
            Assert.Equal(label, row.Label);
            Assert.Equal(label is { } l ? Labels.ClassOf(l) : null, row.Class);
            Assert.Equal(Shapes.Fs, row.Fs);
            Assert.True(TestRows.SameBits(rows.X.AsSpan(read * Shapes.XLength, Shapes.XLength), row.X.Span));
            Assert.True(TestRows.SameBits(rows.KBeat.AsSpan(read * Shapes.XLength, Shapes.XLength), row.KBeat.Span));
            Assert.True(TestRows.SameBits(rows.KRhythm.AsSpan(read * Shapes.RhythmLength, Shapes.RhythmLength), row.KRhythm.Span));
            Assert.True(TestRows.SameBits(rows.KFreq.AsSpan(read * Shapes.Channels, Shapes.Channels), row.KFreq.Span));
            read++;
        }

        Assert.Equal(count, read);
    }

    [Property(MaxTest = 8)]
    public void A_recordings_segments_lie_in_one_shard_whatever_the_sizes(byte[] sizes)
    {
        using var temp = new TemporaryFolder();
        var set = TestRows.Write(temp["out"], 40, sizes.Take(40).Select(size => size % 50).ToList());
        var shards = set.Shards.SelectMany(shard => shard.Recordings).ToList();
        Assert.Equal(shards.Count, shards.Distinct().Count());
        Assert.Equal(sizes.Take(40).Sum(size => size % 50), set.Shards.Sum(shard => shard.Rows));
        foreach (var split in Enum.GetValues<Split>())
        {
            // All but the last shard of a split are full.
            Assert.All(set.InSplit(split).SkipLast(1), shard => Assert.True(shard.Rows >= 40));
        }
    }

    [Fact]
    public void The_same_rows_make_the_same_bytes()
    {
        using var temp = new TemporaryFolder();
        TestRows.Write(temp["a"], 40, [30, 20, 7, 33, 1, 2, 60]);
        TestRows.Write(temp["b"], 40, [30, 20, 7, 33, 1, 2, 60]);
        Assert.Equal(TemporaryFolder.Contents(temp["a"]), TemporaryFolder.Contents(temp["b"]));
    }

    [Fact]
    public void Counts_come_from_the_manifest_and_agree_with_the_rows()
    {
        using var temp = new TemporaryFolder();
        var set = TestRows.Write(temp["out"], 20, [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
        foreach (var split in Enum.GetValues<Split>())
        {
            var rows = set.Rows(split).Select(row => (row.RecordingId, row.Label, row.Class)).ToList();
            Assert.Equal(rows.Count, set.Windows(split));
            Assert.Equal(rows.Count(row => row.Class == 1), set.Windows(split, 1));
            Assert.Equal(rows.Count(row => row.Class == 0), set.Windows(split, 0));
            foreach (var (label, count) in set.Counts(split))
            {
                var those = rows.Where(row => row.Label.ToString() == label).ToList();
                Assert.Equal(those.Count, count.Windows);
                Assert.Equal(those.Select(row => row.RecordingId).Distinct().Count(), count.Recordings);
            }
        }
    }

    // Ids are file names: no lone surrogates, which UTF-8 cannot hold.
    private static string Printable(string text) => string.Concat(text.Select(c => char.IsSurrogate(c) ? '?' : c));
}
