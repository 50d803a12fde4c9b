using Mina.Host.Classification;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Xunit;

namespace Mina.Host.Tests.Classification;

/// <summary>Recordings as they lie in files, classified piece by piece.</summary>
public sealed class EntryClassifierTests
{
    [Theory]
    [InlineData(300, 150)]
    [InlineData(360, 95)]
    [InlineData(250, 40)]
    public void A_recording_in_pieces_is_classified_as_the_whole_recording(double fs, int seconds)
    {
        using var folder = new TemporaryFolder();
        var made = Monitor.RunningMonitor.Beats("", 3, fs, seconds);
        var rows = made.Samples.Select((v, i) => FormattableString.Invariant($"{i / fs:0.######},{v}\n"));
        using var recordings = RecordingFolder.Open(folder.Write("a.csv", "time,II (mV)\n" + string.Concat(rows)));
        var entry = recordings.Entries.Single();
        Assert.True(EntryClassifier.TryClassify(entry, Detector.Shipped, new ReadOptions(), out var pieces, out _));
        Assert.Equal(Text(Detector.Shipped.Classify(entry.Read(new ReadOptions()).Recording!)), Text(pieces));
    }

    [Fact]
    public void A_long_recording_that_cannot_be_used_is_rejected_as_the_whole_recording()
    {
        using var folder = new TemporaryFolder();
        var rows = Enumerable.Range(0, 25_000).Select(i => FormattableString.Invariant($"{i / 250.0},0.5\n"));
        using var recordings = RecordingFolder.Open(folder.Write("flat.csv", "time,II (mV)\n" + string.Concat(rows)));
        var entry = recordings.Entries.Single();
        Assert.False(EntryClassifier.TryClassify(entry, Detector.Shipped, new ReadOptions(), out _, out var rejection));
        Assert.Equal((RejectionReason.Flat, "flat"), (rejection.Reason, rejection.Id));
        Assert.False(Detector.Shipped.TryClassify(entry.Read(new ReadOptions()).Recording!, out _, out var whole));
        Assert.Equal(whole, rejection);
    }

    private static string Text(ClassifiedRecording classified)
    {
        using var stream = new MemoryStream();
        ClassificationJson.Write([classified], asArray: false, stream);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
