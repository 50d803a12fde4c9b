using Mina.Host.Classification;
using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Explanations;

/// <summary>Explains one window of a recording, given or the most telling; the probability is the one that <c>classify</c> gives.</summary>
/// <param name="classifier">The model.</param>
/// <remarks>Not for several threads at once.</remarks>
public sealed class RecordingExplainer(Classifier classifier)
{
    private readonly PreprocessSettings _settings = classifier.Info.Preprocessing;
    private readonly Preprocessor _preprocessor = new(classifier.Info.Preprocessing);
    private readonly Segments _rows = new();
    private readonly SegmentBatch _batch = new(1);

    /// <summary>Explains.</summary>
    /// <param name="recording">Which recording.</param>
    /// <param name="startSeconds">
    /// Where the window starts, rounded to a sample; null: the window of the highest probability, or of the lowest where none is AF.
    /// </param>
    /// <exception cref="ProblemException">The recording or the window cannot be classified, or lies elsewhere; the message says why.</exception>
    public WindowExplanation Explain(Recording recording, double? startSeconds)
    {
        if (_preprocessor.Prepare(recording, out var samples) is { } unusable)
            throw new ProblemException(unusable.Message);
        var (seconds, why) = startSeconds is { } given ? (given, null) : MostTelling(recording);
        var start = StartOf(recording, samples, seconds);
        var window = samples.AsSpan(start, _settings.Window);
        if (WhyNot(window) is { } reason)
            throw new ProblemException(FormattableString.Invariant($"the window of {recording.Id} from {seconds:0.###} s cannot be classified: {reason}."));
        var deviation = Segment(recording, samples, start);
        var explained = WindowExplanation.Of(classifier, _batch)[0];
        return explained with
        {
            Channels = Array.ConvertAll(explained.Channels, channel => Array.ConvertAll(channel, v => (float)(v * deviation))),
            Unit = "mV",
            Label = recording.Label,
            Why = why,
        };
    }

    private (double Seconds, string Why) MostTelling(Recording recording)
    {
        var windows = new RecordingClassifier(_settings, classifier.Predict, classifier.Info.Thresholds, WindowQuality.FaultOf);
        var (classified, rejection) = windows.Classify(recording);
        if (classified is null)
            throw new ProblemException(rejection!.Message);
        var known = classified.Windows.Where(w => w.Probability is not null).ToArray();
        if (known.Length == 0)
            throw new ProblemException($"no window of {recording.Id} can be classified: each has a gap in it or too little signal.");
        var of = known.Length == 1 ? "its only window" : $"of {known.Length} windows";
        var highest = known.MaxBy(w => w.Probability);
        return highest.FindingAt(classified.Threshold) == Finding.AF
            ? (highest.StartSeconds, $"highest probability {of}")
            : (known.MinBy(w => w.Probability).StartSeconds, $"lowest probability {of}, none AF");
    }

    private int StartOf(Recording recording, float[] samples, double seconds)
    {
        var last = samples.Length - _settings.Window;
        var start = Math.Round(seconds * _settings.Fs);
        if (!(start >= 0 && start <= last))
            throw new ProblemException(FormattableString.Invariant($"--start {seconds:0.###} lies outside of {recording.Id}, which lasts {recording.Seconds:0.##} s: a window of {_settings.Window / _settings.Fs} s starts between 0 and {Math.Floor(100.0 * last / _settings.Fs) / 100:0.##} s."));
        return (int)start;
    }

    private static string? WhyNot(ReadOnlySpan<float> window) => WindowQuality.FaultOf(window) switch
    {
        WindowFault.None => null,
        WindowFault.Gap => "samples are missing in it",
        WindowFault.Noisy => "it is too noisy",
        _ => FormattableString.Invariant($"{WindowQuality.Dead(window):0 %} of it is flat or at the converter's limits"),
    };

    /// <summary>Makes the batch's only segment, as classify does, and gives the standard deviation in mV that it was divided by.</summary>
    private double Segment(Recording recording, float[] samples, int start)
    {
        _rows.Resize(1);
        var end = start + _settings.Window;
        double deviation;
        if (recording.Seconds > Preprocessor.LongSeconds)
        {
            _preprocessor.LiveWindow(samples, end, _rows, 0);
            (_, deviation) = LiveStatistics.Compute(samples, end);
        }
        else
        {
            (var mean, deviation) = Quality.Statistics(samples);
            _preprocessor.Segment(Array.ConvertAll(samples[start..end], v => (float)((v - mean) / deviation)), _rows, 0);
        }

        _batch.Count = 1;
        _batch.Set(0, _rows, 0);
        _batch.RecordingId[0] = recording.Id;
        _batch.Start[0] = start;
        return deviation;
    }
}
