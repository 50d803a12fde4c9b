using System.Text;
using FsCheck;
using FsCheck.Xunit;
using Mina.Preprocess;
using Mina.Streaming.Shards;
using Xunit;

namespace Mina.Streaming.Tests.Shards;

public sealed class ManifestTests
{
    private static readonly ShardEntry[] Entries =
    [
        Entry(0, Split.Train, "A00001", "A00002"), Entry(0, Split.Test, "Ünï/\"quoted\"", "b"), Entry(1, Split.Train, "A00003"),
    ];

    [Fact]
    public void Lines_are_read_back_as_they_were_written()
    {
        var (shards, whole) = Manifest.Parse(All(), "manifest");
        Assert.Equal(All().Length, whole);
        Assert.Equal(Entries.Select(Text), shards.Select(Text));
    }

    [Property(MaxTest = 200)]
    public void A_manifest_torn_anywhere_lists_the_lines_that_are_whole(NonNegativeInt at)
    {
        var all = All();
        var cut = at.Get % (all.Length + 1);
        var (shards, whole) = Manifest.Parse(all.AsSpan(0, cut), "manifest");
        Assert.Equal(all.AsSpan(0, cut).Count((byte)'\n'), shards.Count);
        Assert.Equal(shards.Sum(shard => (long)Manifest.LineOf(shard).Length), whole);
    }

    [Fact]
    public void A_last_line_of_zeros_from_a_crash_is_dropped()
    {
        var all = All();
        byte[] torn = [.. all, .. new byte[100], (byte)'\n'];
        var (shards, whole) = Manifest.Parse(torn, "manifest");
        Assert.Equal(3, shards.Count);
        Assert.Equal(all.Length, whole);
    }

    [Fact]
    public void A_damaged_line_in_the_middle_is_an_error_that_names_it()
    {
        var text = Encoding.UTF8.GetString(All()).Split('\n');
        text[1] = text[1][..20];
        var e = Assert.Throws<ProblemException>(() => Manifest.Parse(Encoding.UTF8.GetBytes(string.Join('\n', text)), "out/manifest.jsonl"));
        Assert.Contains("out/manifest.jsonl is damaged in line 2", e.Message);
    }

    private static byte[] All() => Entries.SelectMany(Manifest.LineOf).ToArray();

    private static string Text(ShardEntry entry) => Encoding.UTF8.GetString(Manifest.LineOf(entry));

    private static ShardEntry Entry(int number, Split split, params string[] recordings) => new(
        $"split={Splits.NameOf(split)}/part-{number:00000}.parquet",
        Splits.NameOf(split),
        12,
        new Dictionary<string, LabelCount> { ["AF"] = new(1, 10), ["Noisy"] = new(1, 2) },
        1234,
        new string('a', 64),
        recordings);
}
