using Mina.Preprocess;

namespace Mina.Host.Classification;

/// <summary>
/// Classifies a recording window by window: one of up to 61 s normalised as a whole, as in training; a longer one the live
/// way, by the trailing 60 s, so that a file and its replay agree.
/// </summary>
/// <param name="settings">The model's preprocessing.</param>
/// <param name="classifier">Probability of AF of each segment of a batch.</param>
/// <param name="threshold">A window is AF from this probability on.</param>
/// <remarks>Not for several threads at once.</remarks>
public sealed class RecordingClassifier(PreprocessSettings settings, Func<SegmentBatch, float[]> classifier, double threshold)
{
    private const int BatchSize = 128;

    private readonly Preprocessor _preprocessor = new(settings);
    private readonly SegmentRows _rows = new();
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
        return _preprocessor.Run(recording, _rows) is { } rejection ? (null, rejection) : (Summarise(recording, Whole(samples.Length)), null);
    }

    private List<ClassifiedWindow> Whole(int length)
    {
        var probabilities = Probabilities(_rows.Count);
        var windows = new List<ClassifiedWindow>();
        var row = 0;
        for (var start = 0; start + settings.Window <= length; start += settings.StrideNotAF)
            windows.Add(row < _rows.Count && _rows.Start[row] == start ? WindowAt(start, probabilities[row++]) : WindowAt(start, null));
        return windows;
    }

    private List<ClassifiedWindow> Live(float[] samples)
    {
        var windows = new List<ClassifiedWindow>();
        var rowOf = new List<int>();
        _rows.Resize(BatchSize);
        for (var start = 0; start + settings.Window <= samples.Length; start += settings.StrideNotAF)
        {
            if (_preprocessor.LiveWindow(samples, start + settings.Window, _rows, rowOf.Count))
                rowOf.Add(windows.Count);
            windows.Add(WindowAt(start, null));
            if (rowOf.Count == BatchSize)
                Flush();
        }

        Flush();
        return windows;

        void Flush()
        {
            var probabilities = Probabilities(rowOf.Count);
            for (var row = 0; row < rowOf.Count; row++)
                windows[rowOf[row]] = WindowAt(_rows.Start[row], probabilities[row]);
            rowOf.Clear();
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
                _batch.Set(
                    i,
                    _rows.X.AsSpan(row * Shapes.XLength, Shapes.XLength),
                    _rows.KBeat.AsSpan(row * Shapes.XLength, Shapes.XLength),
                    _rows.KRhythm.AsSpan(row * Shapes.RhythmLength, Shapes.RhythmLength),
                    _rows.KFreq.AsSpan(row * Shapes.Channels, Shapes.Channels));
            }

            classifier(_batch).CopyTo(probabilities.AsSpan(from));
        }

        return probabilities;
    }

    private ClassifiedWindow WindowAt(int start, float? probability) => new(
        (double)start / settings.Fs,
        probability,
        probability is not { } p ? Verdict.Unclassifiable : p >= threshold ? Verdict.AF : Verdict.NotAF);

    private ClassifiedRecording Summarise(Recording recording, List<ClassifiedWindow> windows)
    {
        var known = windows.Where(window => window.Probability is not null).ToList();
        double? mean = known.Count > 0 ? known.Average(window => window.Probability!.Value) : null;
        return new ClassifiedRecording(
            recording.Id,
            recording.Fs,
            recording.Seconds,
            windows,
            Episodes(windows),
            mean,
            mean is not { } p ? Verdict.Unclassifiable : p >= threshold ? Verdict.AF : Verdict.NotAF,
            known.Count > 0 ? (double)known.Count(window => window.Verdict == Verdict.AF) / known.Count : null);
    }

    private List<ClassifiedEpisode> Episodes(List<ClassifiedWindow> windows)
    {
        var seconds = (double)settings.Window / settings.Fs;
        var episodes = new List<ClassifiedEpisode>();
        for (var first = 0; first < windows.Count; first++)
        {
            if (windows[first].Verdict != Verdict.AF)
                continue;
            var run = windows.Skip(first).TakeWhile(window => window.Verdict == Verdict.AF).ToList();
            episodes.Add(new ClassifiedEpisode(run[0].StartSeconds, run[^1].StartSeconds + seconds, run.Average(window => window.Probability!.Value)));
            first += run.Count;
        }

        return episodes;
    }
}
