using Mina.Host.Classification;
using Mina.Host.Monitor.Store;
using Mina.Model;
using Mina.Preprocess;
using Mina.Preprocess.Beats;
using Mina.Streaming.Live;
using Mina.Streaming.Recordings;

namespace Mina.Host.Monitor.Recordings;

/// <summary>A classified recording as the page sees it: a stream whose end has come.</summary>
internal sealed class RecordingStream
{
    private const int MostRecent = 60;

    // A recording whose file does not say when it was taken begins at midnight, so that its times read as time since its start.
    private static readonly DateTime Undated = new(2000, 1, 1);

    private RecordingStream(RecordingEntry entry, StreamStatus status, IReadOnlyList<WindowStatus> windows, IReadOnlyList<EpisodeStatus> episodes) =>
        (Entry, Status, Windows, Episodes) = (entry, status, windows, episodes);

    /// <summary>Where its samples are.</summary>
    public RecordingEntry Entry { get; }

    /// <summary>Its beats, in order of time, at 300 Hz from its start.</summary>
    public IReadOnlyList<Beat> Beats { get; private init; } = [];

    /// <summary>Whether its file says when it was taken.</summary>
    public bool IsDated { get; private init; }

    /// <summary>The recording as a stream. Its times are the recorder's clock, shown as UTC.</summary>
    public StreamStatus Status { get; }

    /// <summary>Its verdicts, in order of time.</summary>
    public IReadOnlyList<WindowStatus> Windows { get; }

    /// <summary>Its episodes, in order of time.</summary>
    public IReadOnlyList<EpisodeStatus> Episodes { get; }

    /// <summary>Reads and classifies a recording.</summary>
    /// <param name="entry">The recording.</param>
    /// <param name="detector">Classifies it.</param>
    /// <param name="read">How it is read.</param>
    /// <param name="rejection">Why it cannot be used; null where it can.</param>
    /// <returns>The classified recording; null where it cannot be used.</returns>
    public static RecordingStream? TryClassify(RecordingEntry entry, Detector detector, ReadOptions read, out Rejection? rejection)
    {
        var (reader, unreadable) = entry.Open(read);
        using (reader)
        {
            rejection = unreadable;
            if (reader is null)
                return null;
            return EntryClassifier.TryClassify(entry, reader, detector, Environment.ProcessorCount, out var classified, out rejection)
                ? From(entry, reader.Start is { Year: >= 1970 } start ? start : null, classified)
                : null;
        }
    }

    /// <summary>The name of a recording as a stream.</summary>
    public static string NameOf(string id)
    {
        var name = new string([.. id.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_')]).TrimStart('.', '-', '_');
        return name.Length == 0 ? "recording" : name[..Math.Min(name.Length, StreamName.MaxLength)];
    }

    /// <summary>The same recording under another name.</summary>
    public RecordingStream Named(string name) =>
        new(Entry, Status with { Name = name }, Windows, [.. Episodes.Select(episode => episode with { Stream = name })]) { Beats = Beats, IsDated = IsDated };

    private static RecordingStream From(RecordingEntry entry, DateTime? start, ClassifiedRecording recording)
    {
        var (name, origin) = (NameOf(entry.Id), new DateTimeOffset(DateTime.SpecifyKind(start ?? Undated, DateTimeKind.Utc)));
        var rates = RecordingBeats.HeartRates([.. recording.Beats], recording.Windows);
        WindowStatus[] windows =
        [
            .. recording.Windows.Select((window, i) => new WindowStatus(
                At(window.StartSeconds),
                window.Probability,
                FindingNames.NameOf(window.FindingAt(recording.Threshold)),
                WindowFaults.Describe(window.Fault)) { HeartRate = window.Probability is null || rates[i] is not { } rate ? null : Math.Round(rate, 1) }),
        ];
        EpisodeStatus[] episodes =
            [.. recording.Episodes.Select(one => new EpisodeStatus(name, At(one.StartSeconds), At(one.EndSeconds), false, one.MeanProbability))];
        var all = windows.Where(window => window.HeartRate is not null).ToList();
        var status = new StreamStatus(
            name,
            recording.Finding switch { Finding.AF => StreamState.AF, Finding.NotAF => StreamState.Normal, _ => StreamState.Unclassifiable },
            recording.Finding == Finding.Unclassifiable ? "no window can be classified" : null,
            recording.Probability,
            [.. recording.Windows.TakeLast(MostRecent).Select(window => (float?)window.Probability)],
            recording.Burden,
            all.Count > 0 ? all.Average(window => window.HeartRate!.Value) : null,
            recording.Fs,
            origin,
            At(recording.DurationSeconds))
        {
            BurdenSince = origin,
        };
        return new RecordingStream(entry, status, windows, episodes) { Beats = recording.Beats, IsDated = start is not null };

        DateTimeOffset At(double seconds) => StoreTime.Truncate(origin.AddSeconds(seconds));
    }
}
