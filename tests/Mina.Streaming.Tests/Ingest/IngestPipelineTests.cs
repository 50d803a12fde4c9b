using Mina.Preprocess;
using Mina.Streaming.Ingest;
using Mina.Streaming.Recordings;
using Mina.Streaming.Shards;
using Xunit;

namespace Mina.Streaming.Tests.Ingest;

public sealed class IngestPipelineTests : IDisposable
{
    private readonly TemporaryFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Shards_are_byte_identical_for_1_2_and_4_threads()
    {
        var source = FakeRecordings.Many(60);
        foreach (var threads in new[] { 1, 2, 4 })
            await IngestPipeline.RunAsync(source, FakeRecordings.Options(_temp[$"t{threads}"], threads));
        Assert.True(ShardSet.Open(_temp["t1"], verify: true).Shards.Count > 10);
        Assert.Equal(TemporaryFolder.Contents(_temp["t1"]), TemporaryFolder.Contents(_temp["t2"]));
        Assert.Equal(TemporaryFolder.Contents(_temp["t1"]), TemporaryFolder.Contents(_temp["t4"]));
    }

    [Fact]
    public async Task A_long_recording_that_is_cut_in_pieces_gives_the_same_bytes_and_lies_in_one_shard()
    {
        RecordingEntry[] source = [new SineEntry("a", 30), new SineEntry("long", 400), new SineEntry("b", 30), new SineEntry("c", 100)];
        foreach (var atOnce in new[] { 1000, 64, 7 })
        {
            var options = new IngestOptions(
                _temp[$"w{atOnce}"])
            { Settings = new ShardSettings { RowsPerShard = 40 }, LabelOf = _ => Label.Normal, WindowsAtOnce = atOnce };
            var summary = await IngestPipeline.RunAsync(source, options);
            Assert.Equal(13 + 235 + 13 + 55, summary.Windows);
            Assert.Equal(summary.Windows, summary.Progress.Windows);
        }

        Assert.Equal(TemporaryFolder.Contents(_temp["w1000"]), TemporaryFolder.Contents(_temp["w64"]));
        Assert.Equal(TemporaryFolder.Contents(_temp["w1000"]), TemporaryFolder.Contents(_temp["w7"]));
        Assert.Single(ShardSet.Open(_temp["w7"], verify: true).Shards, shard => shard.Recordings.Contains("long"));
    }

    private sealed class SineEntry(string id, int seconds) : RecordingEntry
    {
        public override string Id => id;

        public override string Location => $"{id}.hea";

        public override long Bytes => 0;

        public override ReadOutcome Read(ReadOptions options) =>
            new Recording(id, Shapes.Fs, [.. Enumerable.Range(0, seconds * Shapes.Fs).Select(t => (float)(Math.Sin(t / 9.0) + Math.Sin(t / 70.0)))]);
    }

    [Fact]
    public async Task Every_window_is_in_the_split_of_its_recording_with_its_label_and_in_the_sources_order()
    {
        var source = FakeRecordings.Many(60);
        var options = FakeRecordings.Options(_temp["out"]);
        var summary = await IngestPipeline.RunAsync(source, options);
        var set = ShardSet.Open(_temp["out"], verify: true);
        foreach (var split in Enum.GetValues<Split>())
        {
            var expected =
                from i in Enumerable.Range(0, 60)
                where i % 11 != 5 && Splits.Assign(0, $"r{i}", null, SplitRatios.Paper) == split
                from row in Enumerable.Range(0, i * 7 % 24)
                select ($"r{i}", row * 500, FakeRecordings.LabelOf($"r{i}"));
            Assert.Equal(expected, set.Rows(split).Select(row => (row.RecordingId, row.Start, row.Label)));
            Assert.Equal(set.Counts(split), summary.Counts(split));
        }

        Assert.Equal(set.Shards.Sum(shard => shard.Rows), summary.Windows);
        Assert.Equal(summary.Windows, summary.Progress.Windows);
        Assert.Equal(summary.Bytes, summary.Progress.BytesWritten);
        Assert.Equal(60_000, summary.Progress.BytesRead);
    }

    [Fact]
    public async Task Rejections_are_counted_and_listed_in_the_sources_order()
    {
        RecordingEntry[] source =
        [
            new FakeEntry("good", 5),
            new FakeEntry("unreadable", -1),
            new FakeEntry("short", 0),
            new FakeEntry("good", 7),
            new FakeEntry("nolabel", 5),
            new FakeEntry("throws", 5) { OnRead = () => throw new InvalidOperationException("boom, \"bang\"") },
            new FakeEntry("labelled-itself", 3) { OwnLabel = Label.AF },
        ];
        var options = FakeRecordings.Options(_temp["out"]) with
        {
            LabelOf = id => id is "nolabel" or "labelled-itself" ? null : Label.Normal,
            LabelledIds = ["good", "zz", "never", "short"],
        };
        var summary = await IngestPipeline.RunAsync(source, options);
        Assert.Equal(
            [
                ("unreadable", RejectionReason.UnreadableHeader), ("short", RejectionReason.TooShort), ("good", RejectionReason.DuplicateId),
                ("nolabel", RejectionReason.NoLabel), ("throws", RejectionReason.UnreadableSignal),
            ],
            summary.Rejections.Select(rejection => (rejection.Id, rejection.Reason)));
        Assert.Equal(5, summary.RejectionCounts.Values.Sum());
        Assert.Equal(["never", "zz"], summary.NeverFound);
        Assert.Equal(
            """
            id,reason,message
            unreadable,UnreadableHeader,raw/unreadable.hea: made to fail.
            short,TooShort,"short: too ""short"", really"
            good,DuplicateId,"raw/good.hea: raw/good.hea has the same id, good, and came first; rename one of them."
            nolabel,NoLabel,"raw/nolabel.hea: the labels do not name nolabel; add a line for it, or remove the recording."
            throws,UnreadableSignal,"raw/throws.hea: cannot be read (boom, ""bang"")."

            """.ReplaceLineEndings("\n"),
            File.ReadAllText(summary.RejectionFile!));
        Assert.Equal(8, summary.Windows);
        Assert.Equal(Label.AF, ShardSet.Open(_temp["out"]).Rows().First(row => row.RecordingId == "labelled-itself").Label);
    }

    [Fact]
    public async Task Recordings_of_one_group_share_a_split()
    {
        var source = Enumerable.Range(0, 40).Select(i => new FakeEntry($"r{i}", 2) { Group = i % 2 == 0 ? "header" : null }).ToList();
        var options = FakeRecordings.Options(_temp["out"]) with { GroupOf = id => id.EndsWith('7') ? "file" : null };
        await IngestPipeline.RunAsync(source, options);
        var splits = ShardSet.Open(_temp["out"]).Shards.SelectMany(shard => shard.Recordings.Select(id => (id, shard.Split))).ToDictionary();
        Assert.Single(Enumerable.Range(0, 20).Select(i => splits[$"r{2 * i}"]).Distinct());
        Assert.Single(new[] { "r7", "r17", "r27", "r37" }.Select(id => splits[id]).Distinct());
        Assert.True(splits.Values.Distinct().Count() > 1);
    }

    [Fact]
    public async Task Adding_a_recording_later_adds_a_shard_and_changes_none()
    {
        var source = FakeRecordings.Many(20);
        await IngestPipeline.RunAsync(source, FakeRecordings.Options(_temp["out"]));
        var before = TemporaryFolder.Contents(_temp["out"]);
        var manifest = File.ReadAllText(_temp["out/manifest.jsonl"]);
        source.Add(new FakeEntry("new", 3));
        var summary = await IngestPipeline.RunAsync(source, FakeRecordings.Options(_temp["out"]));
        Assert.Equal(1, summary.Added);
        Assert.Equal(3, summary.Progress.Windows);
        Assert.Equal(21, summary.Progress.Done);
        Assert.StartsWith(manifest, File.ReadAllText(_temp["out/manifest.jsonl"]));
        var after = TemporaryFolder.Contents(_temp["out"]);
        Assert.All(before.Where(file => file.Key.EndsWith(".parquet")), file => Assert.Equal(file.Value, after[file.Key]));
    }

    [Fact]
    public async Task Stopping_discards_what_is_not_full_and_a_rerun_ends_with_the_same_bytes()
    {
        await IngestPipeline.RunAsync(FakeRecordings.Many(60), FakeRecordings.Options(_temp["undisturbed"]));
        var expected = TemporaryFolder.Contents(_temp["undisturbed"]);
        for (var at = 0; at < 60; at += 13)
        {
            using var stop = new CancellationTokenSource();
            var source = FakeRecordings.Many(60);
            source[at] = new FakeEntry($"r{at}", at % 11 == 5 ? -1 : at * 7 % 24) { OnRead = stop.Cancel };
            var output = _temp[$"stopped-{at}"];
            var summary = await IngestPipeline.RunAsync(source, FakeRecordings.Options(output), stop: stop.Token);
            Assert.True(summary.Stopped);
            Assert.Null(summary.RejectionFile);
            Assert.Equal(summary.Shards.Select(shard => shard.Name).Order(), TemporaryFolder.Contents(output).Keys.Where(name => name.Contains("part-")));
            Assert.Equal(summary.Progress.Done, summary.Shards.Sum(shard => shard.Recordings.Count) + summary.Discarded + summary.Progress.Rejected);
            await IngestPipeline.RunAsync(FakeRecordings.Many(60), FakeRecordings.Options(output));
            Assert.Equal(expected, TemporaryFolder.Contents(output));
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 4)]
    [InlineData(4, 5)]
    public async Task No_more_recordings_than_the_bound_are_read_and_not_written(int threads, int inFlight)
    {
        var read = 0;
        var most = 0;
        var done = 0;
        var source = Enumerable.Range(0, 80).Select(i => (RecordingEntry)new FakeEntry($"r{i}", 2)
        {
            OnRead = () =>
            {
                var now = Interlocked.Increment(ref read) - Volatile.Read(ref done);
                int seen;
                while ((seen = Volatile.Read(ref most)) < now && Interlocked.CompareExchange(ref most, now, seen) != seen)
                {
                }
            },
        });
        var options = FakeRecordings.Options(_temp["out"], threads) with { InFlight = inFlight };
        await IngestPipeline.RunAsync(source, options, new Reporter(progress => Volatile.Write(ref done, progress.Done)));
        Assert.Equal(80, read);
        Assert.InRange(most, 1, inFlight);
    }

    [Fact]
    public async Task Progress_grows_by_one_recording_at_a_time_to_the_total()
    {
        var reports = new List<IngestProgress>();
        await IngestPipeline.RunAsync(FakeRecordings.Many(30), FakeRecordings.Options(_temp["out"]), new Reporter(reports.Add));
        Assert.Equal(Enumerable.Range(1, 30).Append(30), reports.Select(progress => progress.Done));
        Assert.All(reports, progress => Assert.Equal(30, progress.Total));
        Assert.Equal(reports.Select(progress => progress.Windows).Order(), reports.Select(progress => progress.Windows));
        Assert.Equal(reports.Select(progress => progress.BytesWritten).Order(), reports.Select(progress => progress.BytesWritten));
    }

    [Fact]
    public async Task An_empty_source_makes_an_empty_set()
    {
        var summary = await IngestPipeline.RunAsync([], FakeRecordings.Options(_temp["out"]));
        Assert.Equal(0, summary.Windows);
        Assert.Empty(ShardSet.Open(_temp["out"]).Shards);
    }

    [Fact]
    public async Task A_source_that_fails_ends_with_one_sentence_and_keeps_what_is_listed()
    {
        var e = await Assert.ThrowsAsync<ProblemException>(() => IngestPipeline.RunAsync(Failing(), FakeRecordings.Options(_temp["out"])));
        Assert.Contains("Looking for recordings failed (the folder is gone)", e.Message);
        Assert.NotEmpty(ShardSet.Open(_temp["out"], verify: true).Shards);
        await IngestPipeline.RunAsync(FakeRecordings.Many(60), FakeRecordings.Options(_temp["out"]));
        await IngestPipeline.RunAsync(FakeRecordings.Many(60), FakeRecordings.Options(_temp["undisturbed"]));
        Assert.Equal(TemporaryFolder.Contents(_temp["undisturbed"]), TemporaryFolder.Contents(_temp["out"]));

        static IEnumerable<RecordingEntry> Failing()
        {
            foreach (var entry in FakeRecordings.Many(40))
                yield return entry;
            throw new IOException("the folder is gone");
        }
    }

    [SkippableFact]
    public async Task An_output_that_cannot_be_written_ends_with_one_sentence()
    {
        Skip.If(!Directory.Exists("/proc/self"), "There is no /proc here.");
        var e = await Assert.ThrowsAsync<ProblemException>(() => IngestPipeline.RunAsync(FakeRecordings.Many(3), FakeRecordings.Options("/proc/self/shards")));
        Assert.Contains("/proc/self/shards cannot be used for shards", e.Message);
        File.WriteAllText(_temp["file"], "in the way");
        e = await Assert.ThrowsAsync<ProblemException>(() => IngestPipeline.RunAsync(FakeRecordings.Many(3), FakeRecordings.Options(_temp["file"])));
        Assert.Contains("cannot be used for shards", e.Message);
    }

    private sealed class Reporter(Action<IngestProgress> report) : IProgress<IngestProgress>
    {
        public void Report(IngestProgress value) => report(value);
    }
}
