using Mina.Host.Monitor;
using Mina.Preprocess;
using Mina.Streaming.Live;
using Mina.Streaming.Live.Partitions;
using Mina.Streaming.Simulation;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>The model's fold in the shell that runs it.</summary>
public sealed class ModelFoldTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Streams_in_the_shell_give_the_verdicts_of_their_recordings()
    {
        var recordings = Enumerable.Range(0, 3).ToDictionary(i => $"bed-{i}", i => Recording(i));
        var told = new Dictionary<string, List<StreamVerdict>>();
        var done = new TaskCompletionSource();
        var fold = new ModelFold(StreamRules.At(0.5));
        var shell = new StreamShell<StreamValue, StreamEvent, StreamOutput>(fold, new LiveOptions(), Judge, TimeProvider.System);
        shell.Outputs.Subscribe(
            batch =>
            {
                foreach (var followed in batch)
                {
                    if (!told.TryGetValue(followed.Stream, out var verdicts))
                        told[followed.Stream] = verdicts = [];
                    verdicts.AddRange(followed.Outputs.OfType<StreamOutput.Judged>().Select(judged => judged.Item));
                }
            },
            done.SetException,
            done.SetResult);
        foreach (var (name, recording) in recordings)
        {
            foreach (var chunk in RecordingCutter.Chunks(recording, Start, 1))
                Assert.Equal(Offered.Taken, await shell.OfferAsync(name, chunk));
        }

        await shell.DisposeAsync();
        await done.Task;
        Assert.Equal(0, shell.Counts.Faults);
        var tools = new CutterTools(new CutterOptions());
        foreach (var (name, recording) in recordings)
        {
            var windows = RecordingCutter.Windows(recording, Start, tools).Select(window => (window.StartSeconds, window.Fault));
            Assert.Equal(windows, told[name].Select(verdict => (verdict.Verdict.StartSeconds, verdict.Verdict.Fault)));
            var restored = StreamSnapshot.Read(StreamSnapshot.Write(shell.Find(name)!));
            Assert.Equal(told[name][^1], restored.Last.Value);
        }
    }

    private static Recording Recording(int seed)
    {
        var stream = new SimulatedStream(7, seed, Shapes.Fs, [new RhythmEpisode(0, SimulatedRhythm.Sinus)]);
        return new Recording($"bed-{seed}", Shapes.Fs, [.. stream.Chunks(Shapes.Fs).Take(40).SelectMany(chunk => chunk.Samples)]);
    }

    private static float[] Judge(SegmentBatch batch) => [.. Enumerable.Range(0, batch.Count).Select(row => Math.Abs(batch.X[row * Shapes.Window]) % 1)];
}
