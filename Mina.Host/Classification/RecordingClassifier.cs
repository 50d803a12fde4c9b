using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Classification;

/// <summary>
/// Classifies a recording window by window: one of up to 61 s normalised as a whole, as in training; a longer one the live
/// way, by the trailing 60 s, so that a file and its replay agree.
/// </summary>
/// <param name="settings">The model's preprocessing.</param>
/// <param name="classifier">Probability of AF of each segment of a batch.</param>
/// <param name="thresholds">A window is AF from the uniform view's on, which the episode rules take as well; a strip by its mean from the recording view's on.</param>
/// <param name="check">Which windows can be classified, and why the others cannot.</param>
/// <remarks>Not for several threads at once.</remarks>
public sealed class RecordingClassifier(PreprocessSettings settings, Func<SegmentBatch, float[]> classifier, ViewThresholds thresholds, WindowCheck check)
{
    private const int BatchSize = 128;

    private readonly EpisodeRules _rules = EpisodeRules.At(thresholds.Uniform);
    private readonly Preprocessor _preprocessor = new(settings);
    private readonly Segments _rows = new();
    private readonly SegmentBatch _batch = new(BatchSize);

    /// <summary>Classifies.</summary>
    /// <returns>The verdicts, or why the recording cannot be used.</returns>
    public (ClassifiedRecording? Result, Rejection? Rejection) Classify(Recording recording)
    {
        recording = recording with { Label = null };
        if (_preprocessor.Prepare(recording, out var samples) is { } unusable)
            return (null, unusable);
        if (recording.Seconds > Preprocessor.LongSeconds)
            return (Summarise(recording, Live(samples)), null);
        return _preprocessor.Run(recording, _rows) is { } rejection ? (null, rejection) : (Summarise(recording, Whole(samples)), null);
    }

    private List<Verdict> Whole(float[] samples)
    {
        var probabilities = Probabilities(_rows.Count);
        var windows = new List<Verdict>();
        var row = 0;
        for (var start = 0; start + settings.Window <= samples.Length; start += settings.StrideNotAF)
        {
            var cut = row < _rows.Count && _rows.Start[row] == start ? row++ : -1;
            var fault = check(samples.AsSpan(start, settings.Window));
            // Only a window with a gap in it was not cut.
            windows.Add(fault != WindowFault.None ? Faulty(start, fault) : cut < 0 ? Faulty(start, WindowFault.Gap) : Classified(start, probabilities[cut]));
        }

        return windows;
    }

    private List<Verdict> Live(float[] samples)
    {
        var windows = new List<Verdict>();
        var places = new List<int>();
        _rows.Resize(BatchSize);
        for (var start = 0; start + settings.Window <= samples.Length; start += settings.StrideNotAF)
        {
            var fault = check(samples.AsSpan(start, settings.Window));
            // As in a stream: what has nothing to be normalised by is a flat line.
            if (fault == WindowFault.None && !_preprocessor.LiveWindow(samples, start + settings.Window, _rows, places.Count))
                fault = WindowFault.LeadOff;
            if (fault == WindowFault.None)
                places.Add(windows.Count);
            windows.Add(Faulty(start, fault));
            if (places.Count == BatchSize)
                Flush();
        }

        Flush();
        return windows;

        void Flush()
        {
            var probabilities = Probabilities(places.Count);
            for (var row = 0; row < places.Count; row++)
                windows[places[row]] = Classified(_rows.Start[row], probabilities[row]);
            places.Clear();
        }
    }

    private float[] Probabilities(int count)
    {
        var probabilities = new float[count];
        for (var from = 0; from < count; from += BatchSize)
        {
            _batch.Count = Math.Min(BatchSize, count - from);
            for (var i = 0; i < _batch.Count; i++)
            {
                var row = from + i;
                _batch.Start[i] = _rows.Start[row];
                _batch.Set(i, _rows, row);
            }

            classifier(_batch).CopyTo(probabilities.AsSpan(from));
        }

        return probabilities;
    }

    private Verdict Classified(int start, float probability) => new((double)start / settings.Fs, probability, WindowFault.None);

    private Verdict Faulty(int start, WindowFault fault) => new((double)start / settings.Fs, null, fault);

    private ClassifiedRecording Summarise(Recording recording, List<Verdict> windows)
    {
        var (state, episodes) = Episodes.OfRecording(
            _rules.ForRecordingOf(recording.Seconds),
            windows,
            recording.Seconds);
        double sum = 0;
        var known = 0;
        foreach (var window in windows)
        {
            if (window.Probability is not { } probability)
                continue;
            sum += probability;
            known++;
        }

        double? mean = known > 0 ? sum / known : null;
        var finding = recording.Seconds > Preprocessor.LongSeconds && known > 0
            ? episodes.Length > 0 ? Finding.AF : Finding.NotAF
            : Findings.At(thresholds.Recording, mean);
        return new ClassifiedRecording(
            recording.Id, recording.Fs, recording.Seconds, windows, thresholds.Uniform, episodes, mean, finding, Episodes.Burden(state), state.UnclassifiableSeconds);
    }
}
