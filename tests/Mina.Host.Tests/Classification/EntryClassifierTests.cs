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
    [InlineData(300, 150, 1)]
    [InlineData(360, 95, 2)]
    [InlineData(128, 400, 3)]
    [InlineData(250, 40, 2)]
    public void A_recording_in_pieces_is_classified_as_the_whole_recording_on_any_number_of_threads(double fs, int seconds, int threads)
    {
        using var folder = new TemporaryFolder();
        var made = Monitor.RunningMonitor.Beats("", 3, fs, seconds);
        var rows = made.Samples.Select((v, i) => FormattableString.Invariant($"{i / fs:0.######},{v}\n"));
        using var recordings = RecordingFolder.Open(folder.Write("a.csv", "time,II (mV)\n" + string.Concat(rows)));
        var entry = recordings.Entries.Single();
        Assert.True(EntryClassifier.TryClassify(entry, Detector.Shipped, new ReadOptions(), threads, out var pieces, out _));
        var whole = Detector.Shipped.Classify(entry.Read(new ReadOptions()).Recording!);
        Assert.Equal(Text(whole), Text(pieces));
        Assert.NotEmpty(pieces.Beats);
        Assert.Equal(whole.Beats, pieces.Beats);
    }

    [Fact]
    public void A_long_recording_that_cannot_be_used_is_rejected_as_the_whole_recording()
    {
        using var folder = new TemporaryFolder();
        var rows = Enumerable.Range(0, 25_000).Select(i => FormattableString.Invariant($"{i / 250.0},0.5\n"));
        using var recordings = RecordingFolder.Open(folder.Write("flat.csv", "time,II (mV)\n" + string.Concat(rows)));
        var entry = recordings.Entries.Single();
        Assert.False(EntryClassifier.TryClassify(entry, Detector.Shipped, new ReadOptions(), 2, out _, out var rejection));
        Assert.Equal((RejectionReason.Flat, "flat"), (rejection.Reason, rejection.Id));
        Assert.False(Detector.Shipped.TryClassify(entry.Read(new ReadOptions()).Recording!, out _, out var whole));
        Assert.Equal(whole, rejection);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_long_recording_that_becomes_shorter_while_it_is_read_is_rejected_in_a_sentence(int threads)
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.hea", "a 1 300 60000\na.dat 16 200 16 0 0 0 0 II\n");
        var signal = Path.Combine(folder.Path, "a.dat");
        File.WriteAllBytes(signal, new byte[120_000]);
        using var recordings = RecordingFolder.Open(folder.Path);
        var entry = recordings.Entries.Single();
        var (reader, _) = entry.Open(new ReadOptions());
        using (reader)
        {
            using (var cut = new FileStream(signal, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) cut.SetLength(1000);
            Assert.False(EntryClassifier.TryClassify(entry, reader!, Detector.Shipped, threads, out _, out var rejection));
            Assert.Equal(RejectionReason.UnreadableSignal, rejection.Reason);
            Assert.Contains("cannot be read", rejection.Message, StringComparison.Ordinal);
        }
    }

    private static string Text(ClassifiedRecording classified)
    {
        using var stream = new MemoryStream();
        ClassificationJson.Write([classified], asArray: false, stream);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
