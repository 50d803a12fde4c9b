using Mina.Host.Evaluation;
using Mina.Host.Monitor;
using Mina.Host.Monitor.Page;
using Mina.Host.Monitor.Recordings;
using Mina.Host.Reports.Components;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Preprocess;
using Mina.Preprocess.Beats;
using Mina.Streaming.Files;

namespace Mina.Host.Reports;

/// <summary>A strip of a recording's report.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="About">The figure for which it was chosen.</param>
/// <param name="Stretch">Its samples.</param>
internal sealed record ReportStrip(string Title, string About, SampleStretch Stretch);

/// <summary>What the report of one recording says: how much AF there was and when, rates, ectopic beats, quality, and strips of each kind.</summary>
internal sealed class HolterReport
{
    /// <summary>The length of a strip: two rows of paper at 25 mm/s.</summary>
    public static readonly TimeSpan StripSpan = TimeSpan.FromSeconds(2 * StripPaper.Width / Speed);

    /// <summary>The paper's speed, mm a second.</summary>
    public const double Speed = 25;

    /// <summary>The paper's gain, mm a millivolt.</summary>
    public const double Gain = 10;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(4);

    private HolterReport(RecordingStream stream) => Stream = stream;

    /// <summary>The recording.</summary>
    public RecordingStream Stream { get; }

    /// <summary>The name of the lead; empty where the file names none.</summary>
    public required string LeadName { get; init; }

    /// <summary>The whole recording as one step.</summary>
    public required TrendStep Whole { get; init; }

    /// <summary>Its hours.</summary>
    public required IReadOnlyList<TrendStep> Hours { get; init; }

    /// <summary>Its episodes, the longest first.</summary>
    public required IReadOnlyList<EpisodeStatus> Episodes { get; init; }

    /// <summary>The number of its beats.</summary>
    public required int Beats { get; init; }

    /// <summary>The number of beats whose shape is not the prevailing one.</summary>
    public required int Ectopic { get; init; }

    /// <summary>The seconds that cannot be judged, by why.</summary>
    public required IReadOnlyList<(string Reason, int Windows)> Unclassifiable { get; init; }

    /// <summary>Strips of what there is.</summary>
    public required IReadOnlyList<ReportStrip> Strips { get; init; }

    /// <summary>By what and how it was made.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; }

    /// <summary>The share of the windows that can be judged, 0 to 1; NaN where there are no windows.</summary>
    public double Classifiable => (double)Stream.Windows.Count(window => window.Probability is not null) / Stream.Windows.Count;

    /// <summary>Makes the report of a recording.</summary>
    /// <param name="stream">The classified recording.</param>
    /// <param name="recording">Its samples.</param>
    /// <param name="detector">What it was classified with.</param>
    /// <param name="model">The model's folder, or that it is the shipped one.</param>
    /// <param name="date">When the report is made.</param>
    public static HolterReport Make(RecordingStream stream, Recording recording, Detector detector, string model, DateTimeOffset date)
    {
        var (from, to) = (stream.Status.FirstSample, stream.Status.LastSample);
        return new HolterReport(stream)
        {
            LeadName = recording.Lead,
            Whole = Trend.Compute(from, to, to - from, stream.Windows, stream.Episodes)[0],
            Hours = Trend.Compute(from, to, Hour, stream.Windows, stream.Episodes),
            Episodes = [.. stream.Episodes.OrderByDescending(episode => episode.End - episode.Start).ThenBy(episode => episode.Start)],
            Beats = stream.Beats.Count,
            Ectopic = stream.Beats.Count(beat => beat.Kind == BeatKind.Ectopic),
            Unclassifiable =
            [
                .. stream.Windows.Where(window => window.Probability is null).CountBy(window => window.Reason ?? "not judged")
                    .OrderByDescending(reason => reason.Value).Select(reason => (reason.Key, reason.Value)),
            ],
            Strips =
            [
                .. Choose(stream).Select(one => one with { Stretch = Cut(recording, from, one.Stretch.From) })
                    .Where(one => one.Stretch.Millivolts.Length > 0),
            ],
            Facts = FactsOf(detector, model, date),
        };
    }

    /// <summary>Writes the report as one self-contained HTML file, as a whole or not at all.</summary>
    /// <returns>The full path of the file.</returns>
    public string Write(string path)
    {
        var file = Path.GetFullPath(HtmlReport.FileOf(path));
        WholeFile.Write(file, Render());
        return file;
    }

    /// <summary>Renders the text of the report: HTML that is also well-formed XML.</summary>
    public string Render() => ReportRenderer.Render<HolterPage>((nameof(HolterPage.Data), this));

    private static IEnumerable<ReportStrip> Choose(RecordingStream stream)
    {
        if (stream.Episodes.MaxBy(episode => episode.End - episode.Start) is { } longest)
        {
            yield return At("Onset of the longest episode", $"AF for {DisplayText.Duration(longest.End - longest.Start)}", longest.Start - Lead);
            yield return At("End of the longest episode", "", longest.End - (StripSpan / 2));
        }

        var rated = stream.Windows.Where(window => window.HeartRate is not null).ToList();
        if (rated.MaxBy(window => window.HeartRate) is { } fast)
            yield return At("Fastest 10 s", $"{DisplayText.HeartRate(fast.HeartRate)} /min", fast.Start);
        if (rated.MinBy(window => window.HeartRate) is { } slow)
            yield return At("Slowest 10 s", $"{DisplayText.HeartRate(slow.HeartRate)} /min", slow.Start);
        if (stream.Windows.Where(window => window.Probability is not null).MinBy(window => window.Probability) is { } surest)
            yield return At("Least probability of AF", DisplayText.Probability(surest.Probability), surest.Start);
        foreach (var beat in stream.Beats.Where(beat => beat.Kind == BeatKind.Ectopic).Take(1))
            yield return At("First ectopic beat", "", stream.Status.FirstSample.AddSeconds(beat.Sample / (double)Shapes.Fs) - (StripSpan / 2));
        if (stream.Windows.FirstOrDefault(window => window.Probability is null) is { } unclear)
            yield return At("Not judged", unclear.Reason ?? "", unclear.Start);

        static ReportStrip At(string title, string about, DateTimeOffset from) => new(title, about, new SampleStretch(from, 1, []));
    }

    private static SampleStretch Cut(Recording recording, DateTimeOffset start, DateTimeOffset from)
    {
        var length = (int)(StripSpan.TotalSeconds * recording.Fs);
        var first = (int)Math.Clamp((from - start).TotalSeconds * recording.Fs, 0, Math.Max(0, recording.Samples.Length - length));
        var end = Math.Min(recording.Samples.Length, first + length);
        return new SampleStretch(start.AddSeconds(first / recording.Fs), recording.Fs, recording.Samples[first..end]);
    }

    private static IReadOnlyList<KeyValuePair<string, string>> FactsOf(Detector detector, string model, DateTimeOffset date)
    {
        var facts = new List<KeyValuePair<string, string>>
        {
            new("Mina", ProductVersion.Text),
            new("date", MeasurementDate.TextOf(date)),
            new("model", model),
            new("weights, SHA-256", ModelFiles.WeightsHash(detector.Model)),
            new("a window is AF from", Numbers.Probability(detector.Thresholds.Uniform)),
            new("episodes by", detector.Rhythm is null ? "windows of 10 s, from 30 s on" : "the rhythm level, from 30 s on"),
            new("preprocessing", detector.Info.Preprocessing.Fingerprint),
        };
        return facts;
    }
}
