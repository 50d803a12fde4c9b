using FsCheck;
using FsCheck.Xunit;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats.Wfdb;
using Mina.Streaming.Simulation;
using Mina.Streaming.Tests.Recordings;
using Xunit;

namespace Mina.Streaming.Tests.Simulation;

public class WfdbWriterTests
{
    [Fact]
    public void What_is_written_is_read_back_the_same_with_labels_beats_and_rhythms()
    {
        using var temp = new TemporaryFolder();
        var options = new SimulationOptions { Seed = 3, Count = 8, MinSeconds = 10, MaxSeconds = 40, Paroxysmal = 1, Fs = 257.5 };
        var progress = new List<SimulationProgress>();
        var summary = SimulationFolder.Write(temp.Path, options, new Immediate(progress.Add));

        using var folder = RecordingFolder.Open(temp.Path);
        var labels = folder.FindLabels()!;
        Assert.Equal(8, folder.Entries.Count);
        for (var i = 0; i < 8; i++)
        {
            var made = Simulator.Make(options, i);
            var read = folder.Entries[i].Read(new ReadOptions()).Recording!;
            Assert.Equal((made.Id, 257.5, "ECG", made.Label), (read.Id, read.Fs, read.Lead, labels.Find(read.Id)));
            Assert.Equal(made.Samples.Select(x => (float)(Math.Round((double)x * 1000) / 1000)), read.Samples);
            Assert.Equal(WfdbWriter.AnnotationsOf(made), WfdbAnnotations.Decode(File.ReadAllBytes(Path.Combine(temp.Path, made.Id + ".atr"))));
        }

        Assert.Equal(Enumerable.Range(1, 8), progress.Select(p => p.Done));
        Assert.Equal(8, summary.Recordings.Values.Sum());
        Assert.Equal(3 * 8 + 1, Directory.GetFiles(temp.Path).Length);
    }

    [Fact]
    public void A_sample_out_of_range_is_limited_and_one_that_is_missing_stays_missing()
    {
        var bytes = WfdbWriter.Encode([0.0004f, -40, 40, float.NaN, float.PositiveInfinity]);
        Assert.True(WfdbHeader.TryParse("r 1 300 5\nr.dat 16 1000/mV\n", out var header, out _));
        Assert.True(Decoding.TryDecode(header, 0, bytes, out var samples, out _));
        Assert.Equal([0, -32.767f, 32.767f, float.NaN, float.NaN], samples);
    }

    [Property]
    public void Annotations_are_read_back_as_they_were_written(NonNegativeInt[] steps, bool far)
    {
        long at = 0;
        var annotations = steps.Select((step, i) => new WfdbAnnotation(
            at += step.Get * (far ? 70_000L : 1),
            i % 3 == 0 ? WfdbAnnotation.Rhythm : WfdbAnnotation.Normal,
            i % 3 == 0 ? new string('x', i % 7) : "")).ToList();
        Assert.Equal(annotations, WfdbAnnotations.Decode(WfdbAnnotations.Encode(annotations)));
    }

    [SkippableTheory]
    [InlineData("mitdb/100.atr", 2274, 0)]
    [InlineData("mitdb/201.atr", 2039, 3)]
    public void Real_annotations_are_read(string name, int count, int fibrillations)
    {
        var annotations = WfdbAnnotations.Decode(File.ReadAllBytes(SharedData.PathOf(name.Split('/'))));
        Assert.Equal(count, annotations.Count);
        Assert.Equal(fibrillations, annotations.Count(a => a.Aux == "(AFIB"));
        Assert.All(annotations, a => Assert.InRange(a.Sample, 0, 650_000));
    }

    [Fact]
    public void A_folder_with_other_recordings_is_not_written_to()
    {
        using var temp = new TemporaryFolder();
        temp.Write("A00001.hea", "A00001 1 300 3\nA00001.dat 16\n");
        var error = Assert.Throws<ProblemException>(() => SimulationFolder.Write(temp.Path, new SimulationOptions { Count = 2 }));
        Assert.Equal($"{temp.Path} holds other recordings already (A00001): give an empty folder as --out", error.Message);
        Assert.Single(Directory.GetFiles(temp.Path));
    }

    [Fact]
    public void Cancelling_leaves_only_whole_recordings_and_no_labels()
    {
        using var temp = new TemporaryFolder();
        using var cancel = new CancellationTokenSource();
        var stop = new Immediate(p =>
        {
            if (p.Done == 2) cancel.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => SimulationFolder.Write(temp.Path, new SimulationOptions { Count = 5 }, stop, cancel.Token));
        Assert.Equal(6, Directory.GetFiles(temp.Path).Length);
        using var folder = RecordingFolder.Open(temp.Path);
        Assert.All(folder.Entries, e => Assert.NotNull(e.Read(new ReadOptions()).Recording));
    }

    private sealed class Immediate(Action<SimulationProgress> report) : IProgress<SimulationProgress>
    {
        public void Report(SimulationProgress value) => report(value);
    }
}
