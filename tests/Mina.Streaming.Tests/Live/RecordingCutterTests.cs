using Mina.Preprocess;
using Mina.Streaming.Live;
using Mina.Streaming.Recordings;
using Mina.Streaming.Tests.Recordings;
using Xunit;

namespace Mina.Streaming.Tests.Live;

/// <summary>A recording is the stream that its device would have sent.</summary>
public sealed class RecordingCutterTests
{
    [SkippableTheory]
    [InlineData("100")]
    [InlineData("201")]
    [InlineData("210")]
    public void A_real_recording_gives_the_windows_of_its_file_bit_for_bit(string id)
    {
        using var folder = RecordingFolder.Open(SharedData.PathOf("mitdb", id + ".hea"));
        var recording = Assert.IsType<Recording>(folder.Entries.Single().Read(new ReadOptions()).Recording);
        recording = recording with { Samples = recording.Samples[..(int)(300 * recording.Fs)] };
        Assert.Equal(Signals.OfFile(recording.Samples, recording.Fs), Answers(recording));
    }

    [Theory]
    [InlineData(128, 70)]
    [InlineData(250, 12)]
    [InlineData(300, 10)]
    [InlineData(360, 200)]
    public void So_does_a_simulated_one_of_any_length(double fs, double seconds)
    {
        var recording = new Recording("one", fs, Signals.Beats(3, fs, seconds));
        Assert.Equal(Signals.OfFile(recording.Samples, fs), Answers(recording));
    }

    [Fact]
    public void So_does_a_stream_whatever_the_length_of_its_chunks()
    {
        var recording = new Recording("one", 250, Signals.Beats(4, 250, 100));
        foreach (var seconds in new[] { 0.02, 0.7, 33 })
        {
            var stream = new CutStream(new LiveOptions());
            var windows = RecordingCutter.Chunks(recording, Signals.Start, seconds).SelectMany(stream.Take);
            Assert.Equal(Answers(recording).Select(window => window.Start), windows.Select(window => window.StartSeconds));
        }
    }

    private static List<(double Start, float? Answer)> Answers(Recording recording)
    {
        var tools = new CutterTools(new CutterOptions());
        var rows = new Segments();
        rows.Resize(1);
        var batch = new SegmentBatch(1) { Count = 1 };
        var answers = new List<(double, float?)>();
        foreach (var window in RecordingCutter.Windows(recording, Signals.Start, tools))
        {
            float? answer = null;
            if (window.Fault == WindowFault.None)
            {
                tools.Segment(window, rows, 0);
                batch.Set(0, rows, 0);
                answer = Signals.Judge(batch)[0];
            }

            answers.Add((window.StartSeconds, answer));
        }

        return answers;
    }
}
