using Mina.Preprocess;
using Mina.Streaming.Ingest;
using Mina.Streaming.Recordings;
using Mina.Streaming.Shards;
using Xunit;

namespace Mina.Streaming.Tests.Ingest;

/// <summary>Windows labelled by the rhythm annotations of their recording.</summary>
public sealed class RhythmLabelTests : IDisposable
{
    private static readonly RhythmSpan[] Rhythms =
    [
        new("N", 0, 100), new("AFIB", 100, 160), new("N", 160, 200), new("AFL", 200, 230), new("SVTA", 230, double.PositiveInfinity),
    ];

    private readonly TemporaryFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(0, Label.Normal)]
    [InlineData(90, Label.Normal)]
    [InlineData(90.1, null)]
    [InlineData(99.9, null)]
    [InlineData(100, Label.AF)]
    [InlineData(150, Label.AF)]
    [InlineData(151, null)]
    [InlineData(195, Label.Other)]
    [InlineData(225, Label.Other)]
    [InlineData(500, Label.Other)]
    public void A_window_has_the_label_of_the_rhythm_that_fills_it(double start, Label? label) =>
        Assert.Equal(label, WindowLabels.At(Rhythms, start, start + 10));

    [Fact]
    public void Noise_is_noisy_where_it_fills_a_window_and_takes_no_label_from_another_rhythm()
    {
        RhythmSpan[] rhythms = [new("NOISE", 0, 20), new("N", 20, 25), new("NOISE", 25, 40)];
        Assert.Equal(Label.Noisy, WindowLabels.At(rhythms, 5, 15));
        Assert.Equal(Label.Other, WindowLabels.At(rhythms, 15, 25));
    }

    [Fact]
    public void Time_without_a_rhythm_has_no_label() => Assert.Null(WindowLabels.At([new("N", 5, double.PositiveInfinity)], 0, 10));

    [Fact]
    public async Task A_recording_of_both_classes_is_cut_at_the_stride_of_each_window_and_its_classes_are_kept_apart()
    {
        RecordingEntry[] source =
            [new AnnotatedEntry("a", Rhythms), new AnnotatedEntry("b", [new("N", 0, double.PositiveInfinity)]), new AnnotatedEntry("c", null)];
        foreach (var (name, atOnce, threads) in new[] { ("whole", 100_000, 1), ("pieces", 7, 2) })
        {
            var summary = await IngestPipeline.RunAsync(source, new IngestOptions(_temp[name])
            {
                Settings = new ShardSettings { RowsPerShard = 40, Ratios = new SplitRatios(100, 0, 0) },
                LabelsFromRhythms = true,
                WindowsAtOnce = atOnce,
                Threads = threads,
            });
            Assert.Equal(RejectionReason.NoLabel, Assert.Single(summary.Rejections).Reason);
        }

        Assert.Equal(TemporaryFolder.Contents(_temp["whole"]), TemporaryFolder.Contents(_temp["pieces"]));
        var shards = ShardSet.Open(_temp["pieces"], verify: true);
        var rows = shards.Rows().Select(row => (row.RecordingId, row.Start, row.Label)).ToArray();
        var starts = Enumerable.Range(0, ((300 * Shapes.Fs) - Shapes.Window) / 50 + 1).Select(k => 50 * k);
        var expected = starts
            .Select(start => (Start: start, Label: WindowLabels.At(Rhythms, start / 300.0, (start / 300.0) + 10)))
            .Where(window => window.Label == Label.AF || (window.Label is not null && window.Start % 500 == 0))
            .Select(window => (window.Label == Label.AF ? "a" : "a#not-af", window.Start, window.Label));
        Assert.Equal(expected.Order(), rows.Where(row => row.RecordingId[0] == 'a').Order());
        Assert.Equal(175, rows.Count(row => row.RecordingId == "b"));
        Assert.Equal(rows.LongLength, shards.Windows(Split.Train, 0) + shards.Windows(Split.Train, 1));
        Assert.Single(shards.Shards, shard => shard.Recordings.Contains("a") && shard.Recordings.Contains("a#not-af"));
    }

    private sealed class AnnotatedEntry(string id, IReadOnlyList<RhythmSpan>? rhythms) : RecordingEntry
    {
        public override string Id => id;

        public override string Location => $"{id}.hea";

        public override long Bytes => 0;

        public override ReadOutcome Read(ReadOptions options) =>
            new Recording(id, Shapes.Fs, [.. Enumerable.Range(0, 300 * Shapes.Fs).Select(t => (float)(Math.Sin(t / 9.0) + Math.Sin(t / 70.0)))]);

        public override IReadOnlyList<RhythmSpan>? ReadRhythms(string annotator = "atr") => rhythms;
    }
}
