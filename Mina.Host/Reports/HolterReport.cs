using System.Globalization;
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

/// <summary>
/// What the report of one recording, or of a span of a stream, says: how much AF there was and when, rates, ectopic beats, quality, and strips
/// of each kind.
/// </summary>
internal sealed class HolterReport
{
    /// <summary>The length of a strip: two rows of paper at 25 mm/s.</summary>
    public static readonly TimeSpan StripSpan = TimeSpan.FromSeconds(2 * StripPaper.Width / Speed);

    /// <summary>The paper's speed, mm a second.</summary>
    public const double Speed = 25;

    /// <summary>The paper's gain, mm a millivolt.</summary>
    public const double Gain = 10;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private HolterReport(HolterSource source) => Source = source;

    /// <summary>What it is of.</summary>
    public HolterSource Source { get; }

    /// <summary>The whole recording as one step.</summary>
    public required TrendStep Whole { get; init; }

    /// <summary>Its hours.</summary>
    public required IReadOnlyList<TrendStep> Hours { get; init; }

    /// <summary>Its episodes, the longest first.</summary>
    public required IReadOnlyList<EpisodeStatus> Episodes { get; init; }

    /// <summary>The share of the judged time in AF without the episodes that a person rejected; null where nobody rejected one.</summary>
    public required double? BurdenWithoutRejected { get; init; }

    /// <summary>The seconds that cannot be judged, by why.</summary>
    public required IReadOnlyList<(string Reason, int Windows)> Unclassifiable { get; init; }

    /// <summary>Strips of what there is.</summary>
    public required IReadOnlyList<ReportStrip> Strips { get; init; }

    /// <summary>By what and how it was made.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; }

    /// <summary>The share of the windows that can be judged, 0 to 1; NaN where there are no windows.</summary>
    public double Classifiable => (double)Source.Windows.Count(window => window.Probability is not null) / Source.Windows.Count;

    /// <summary>Makes the report of a recording.</summary>
    /// <param name="stream">The classified recording.</param>
    /// <param name="recording">Its samples.</param>
    /// <param name="detector">What it was classified with.</param>
    /// <param name="model">The model's folder, or that it is the shipped one.</param>
    /// <param name="date">When the report is made.</param>
    public static HolterReport Make(RecordingStream stream, Recording recording, Detector detector, string model, DateTimeOffset date)
    {
        var (from, status) = (stream.Status.FirstSample, stream.Status);
        var source = new HolterSource(stream.Entry.Id, from, status.LastSample, status.Fs, stream.Windows, stream.Episodes)
        {
            IsDated = stream.IsDated,
            LeadName = recording.Lead,
            Beats = stream.Beats.Count,
            Ectopic = [.. stream.Beats.Where(beat => beat.Kind == BeatKind.Ectopic).Select(beat => from.AddSeconds(beat.Sample / (double)Shapes.Fs))],
        };
        return Make(
            source,
            HolterStrips.Choose(source).Select(one => new ReportStrip(one.Title, one.About, Cut(recording, from, one.From))),
            FactsOf(detector, detector.Thresholds.Uniform, model, date));
    }

    /// <summary>Makes a report.</summary>
    /// <param name="source">What it is of.</param>
    /// <param name="strips">Its strips; those without samples are left out.</param>
    /// <param name="facts">By what and how it was made.</param>
    public static HolterReport Make(HolterSource source, IEnumerable<ReportStrip> strips, IReadOnlyList<KeyValuePair<string, string>> facts)
    {
        var (from, to) = (source.From, source.To);
        var standing = source.Episodes.Where(episode =>
            !source.Words.TryGetValue(episode.Id, out var word) || word.Verdict != ReviewVerdict.Rejected).ToList();
        return new HolterReport(source)
        {
            Whole = Trend.Compute(from, to, to - from, source.Windows, source.Episodes)[0],
            BurdenWithoutRejected = standing.Count == source.Episodes.Count ? null : Trend.Compute(from, to, to - from, source.Windows, standing)[0].Burden,
            Hours = Trend.Compute(from, to, Hour, source.Windows, source.Episodes),
            Episodes = [.. source.Episodes.OrderByDescending(episode => episode.End - episode.Start).ThenBy(episode => episode.Start)],
            Unclassifiable =
            [
                .. source.Windows.Where(window => window.Probability is null).CountBy(window => window.Reason ?? "not judged")
                    .OrderByDescending(reason => reason.Value).Select(reason => (reason.Key, reason.Value)),
            ],
            Strips = [.. strips.Where(strip => strip.Stretch.Millivolts.Length > 0)],
            Facts = facts,
        };
    }

    /// <summary>Facts on how a report was made.</summary>
    /// <param name="detector">What classified.</param>
    /// <param name="threshold">A window is AF from this probability on.</param>
    /// <param name="model">The model's folder, or that it is the shipped one.</param>
    /// <param name="date">When the report is made.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> FactsOf(Detector detector, double threshold, string model, DateTimeOffset date) =>
    [
        new("Mina", ProductVersion.Text),
        new("date", MeasurementDate.TextOf(date)),
        new("model", model),
        new("weights, SHA-256", ModelFiles.WeightsHash(detector.Model)),
        new("a window is AF from", Numbers.Probability(threshold)),
        new("episodes by", detector.Rhythm is null ? "windows of 10 s, from 30 s on" : "the rhythm level, from 30 s on"),
        new("preprocessing", detector.Info.Preprocessing.Fingerprint),
    ];

    /// <summary>Writes the report as one self-contained HTML file, as a whole or not at all.</summary>
    /// <returns>The full path of the file.</returns>
    public string Write(string path)
    {
        var file = Path.GetFullPath(HtmlReport.FileOf(path));
        WholeFile.Write(file, Render());
        return file;
    }

    /// <summary>Writes the report as a PDF of A4 pages, as a whole or not at all.</summary>
    /// <returns>The full path of the file.</returns>
    public string WritePdf(string path)
    {
        var file = Path.GetFullPath(path);
        WholeFile.Write(file, HolterPdf.Draw(this));
        return file;
    }

    /// <summary>The heading.</summary>
    public string Heading => Source.IsStream ? $"{Source.Name}: report of the stream" : $"{Source.Name}: report of the recording";

    /// <summary>The line below the heading: when, how long, how it was taken.</summary>
    public string Subtitle
    {
        get
        {
            var clock = !Source.IsStream ? "by the recorder's clock"
                : string.Create(CultureInfo.InvariantCulture, $"UTC{(Source.Offset < TimeSpan.Zero ? '-' : '+')}{Source.Offset:hh\\:mm}");
            var lead = Source.LeadName.Length > 0 ? $", lead {Source.LeadName}" : Source.IsStream ? ", one lead, which the device does not name" : "";
            return $"{(Source.IsDated ? $"{At(Source.From)} {clock}, " : "")}{DisplayText.Duration(Source.To - Source.From)}, "
                + $"{DisplayText.Number(Source.Fs)} Hz{lead}";
        }
    }

    /// <summary>The figures at its head: the name of each, its value, and what belongs to it.</summary>
    public IEnumerable<(string Name, string Value, string About)> Tiles
    {
        get
        {
            var without = BurdenWithoutRejected is { } rest ? $", {DisplayText.Share(rest)} without rejected episodes" : "";
            yield return ("AF burden", DisplayText.Share(Whole.Burden), $"{DisplayText.Duration(TimeSpan.FromSeconds(Whole.AFSeconds))} of AF{without}");
            var longest = Episodes.Count > 0 ? DisplayText.Duration(Episodes[0].End - Episodes[0].Start) : "–";
            yield return ("Episodes of AF", Numbers.Count(Episodes.Count), $"the longest {longest}{Reviewed}");
            yield return (
                "Heart rate",
                DisplayText.HeartRate(Whole.HeartRate),
                $"{DisplayText.HeartRate(Whole.MinHeartRate)} to {DisplayText.HeartRate(Whole.MaxHeartRate)} /min");
            yield return ("Ectopic beats", Numbers.Count(Source.Ectopic.Count), $"of {Numbers.Count(Source.Beats)} beats, by their shape");
            yield return ("Judged", Numbers.Percent(Classifiable), Unclassifiable.Count == 0
                ? "of the windows" : string.Join(", ", Unclassifiable.Select(one => $"{one.Reason}: {Numbers.Count(one.Windows)} windows")));
        }
    }

    /// <summary>What a person has said of an episode, in a few words; empty where nobody has.</summary>
    public string WordOn(EpisodeStatus episode) => Source.Words.TryGetValue(episode.Id, out var word) ? $"{ReviewText.Name(word)}, {word.By}" : "";

    private string Reviewed => Source.Words.Count == 0 ? "" :
        $", {Source.Words.Values.Count(word => word.Verdict == ReviewVerdict.Confirmed)} confirmed, "
        + $"{Source.Words.Values.Count(word => word.Verdict == ReviewVerdict.Rejected)} rejected";

    /// <summary>Formats a time of the report.</summary>
    public string At(DateTimeOffset time) => Source.IsDated
        ? time.ToOffset(Source.Offset).ToString("d MMM yyyy, HH:mm:ss", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{(int)(time - Source.From).TotalHours}:{time - Source.From:mm\\:ss}");

    /// <summary>Renders the text of the report: HTML that is also well-formed XML.</summary>
    public string Render() => ReportRenderer.Render<HolterPage>((nameof(HolterPage.Data), this));

    private static SampleStretch Cut(Recording recording, DateTimeOffset start, DateTimeOffset from)
    {
        var length = (int)(StripSpan.TotalSeconds * recording.Fs);
        var first = (int)Math.Clamp((from - start).TotalSeconds * recording.Fs, 0, Math.Max(0, recording.Samples.Length - length));
        var end = Math.Min(recording.Samples.Length, first + length);
        return new SampleStretch(start.AddSeconds(first / recording.Fs), recording.Fs, recording.Samples[first..end]);
    }
}
