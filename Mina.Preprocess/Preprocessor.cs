using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Mina.Preprocess.Streams;

namespace Mina.Preprocess;

/// <summary>
/// Turns a recording into segments: checks it, resamples it to 300 Hz, normalises it, cuts windows, filters them and computes their knowledge
/// (the paper, section 4.1). It holds scratch buffers, so each thread needs an instance of its own.
/// </summary>
/// <exception cref="NotSupportedException">The settings ask for shapes other than <see cref="Shapes"/>.</exception>
public sealed class Preprocessor
{
    /// <summary>
    /// Live windows are normalised over this many seconds, because the model learned from CinC 2017, where no recording is longer than 61 s.
    /// </summary>
    public const int LiveSeconds = 60;

    /// <summary>A recording longer than this many seconds is classified the live way.</summary>
    public const int LongSeconds = 61;

    /// <summary>The lowest sampling frequency that is accepted, in Hz; below it the samples show no ECG.</summary>
    public const double LowestFs = 50;

    /// <summary>The highest sampling frequency that is accepted, in Hz; no recorder comes near it.</summary>
    public const double HighestFs = 100_000;

    private const int PieceSamples = 1 << 14;

    private readonly SegmentCutter _cutter;
    private readonly Dictionary<double, Resampler> _resamplers = [];
    private float[] _signal = [];

    public Preprocessor(PreprocessSettings settings)
    {
        if (settings.Fs != Shapes.Fs || settings.Window != Shapes.Window || settings.SubSegment != Shapes.SubSegment)
            throw new NotSupportedException($"Segments are {Shapes.Window} samples at {Shapes.Fs} Hz in sub-segments of {Shapes.SubSegment}; the "
                + $"settings ask for {settings.Window} at {settings.Fs} Hz in {settings.SubSegment}.");
        Settings = settings;
        _cutter = new SegmentCutter(settings);
    }

    /// <summary>The settings that every segment is made with.</summary>
    public PreprocessSettings Settings { get; }

    /// <summary>
    /// Cuts the windows of a recording, at the stride of its label, into <paramref name="segments"/>: the first
    /// <paramref name="limit"/> of them; any preprocessor's <see cref="Continue"/> cuts the rest.
    /// </summary>
    /// <returns>Null when the recording was taken (segments.Count &gt; 0); else why it was not (segments.Count is 0).</returns>
    public Rejection? Run(Recording recording, Segments segments, int limit = int.MaxValue) => RunWith(recording, segments, limit, withArtefact: true);

    /// <summary>
    /// Cuts all windows of a recording of up to 61 s to classify them. Unlike <see cref="Run(Recording, Segments, int)"/> it leaves plain artefact
    /// out of mean and deviation (<see cref="LiveStatistics"/>), so that a lead that was off for some seconds does not shrink the beats of the rest.
    /// </summary>
    /// <inheritdoc cref="Run(Recording, Segments, int)"/>
    public Rejection? RunWithoutArtefact(Recording recording, Segments segments) => RunWith(recording, segments, int.MaxValue, withArtefact: false);

    private Rejection? RunWith(Recording recording, Segments segments, int limit, bool withArtefact)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        segments.Resize(0);
        (segments.Remaining, segments.Label) = (null, null);
        if (Prepare(recording, out var samples) is { } rejection)
            return rejection;
        if (recording is { Label: null, Rhythms: { } rhythms })
            return RunByWindow(recording, samples, rhythms, segments, limit);
        var starts = Windows.Starts(samples, Settings.Window, Settings.StrideOf(recording.Label));
        if (starts.Count == 0)
            return Gaps(recording.Id);
        var (mean, deviation) = withArtefact ? Quality.Statistics(samples) : LiveStatistics.ComputeAll(samples);
        if (starts.Count <= limit)
        {
            Reserve(samples.Length);
            var signal = _signal.AsSpan(0, samples.Length);
            Normalise(samples, mean, deviation, signal);
            Cut(signal, CollectionsMarshal.AsSpan(starts), segments);
            return null;
        }

        var kept = new float[samples.Length];
        Normalise(samples, mean, deviation, kept);
        segments.Remaining = new RemainingWindows(kept, starts);
        Continue(segments, limit);
        return null;
    }

    /// <summary>
    /// Cuts the windows that get a label from the rhythms, at the stride of their class. Windows of one label follow one another, AF last, and a piece
    /// (<see cref="Segments.Label"/>) holds windows of one label only.
    /// </summary>
    private Rejection? RunByWindow(Recording recording, float[] samples, IReadOnlyList<RhythmSpan> rhythms, Segments segments, int limit)
    {
        var labelled = new List<(int Start, Label Label)>();
        foreach (var start in Windows.Starts(samples, Settings.Window, Settings.StrideAF))
        {
            var seconds = (double)start / Settings.Fs;
            if (WindowLabels.At(rhythms, seconds, seconds + ((double)Settings.Window / Settings.Fs)) is { } label
                && (label == Label.AF || start % Settings.StrideNotAF == 0))
                labelled.Add((start, label));
        }

        if (labelled.Count == 0)
        {
            return new Rejection(
                recording.Id, RejectionReason.NoLabel, $"{recording.Id}: its rhythm annotations give no window a label; see the rule in the user's guide.");
        }

        // The sort is stable: windows of one label stay in order of time.
        var ordered = labelled.OrderBy(window => window.Label == Label.AF).ThenBy(window => window.Label).ToArray();
        var (mean, deviation) = Quality.Statistics(samples);
        var signal = new float[samples.Length];
        Normalise(samples, mean, deviation, signal);
        segments.Remaining = new RemainingWindows(signal, [.. ordered.Select(window => window.Start)], [.. ordered.Select(window => window.Label)]);
        Continue(segments, limit);
        return null;
    }

    /// <summary>
    /// Replaces the segments by those of the next windows, at most <paramref name="limit"/>, of the recording that <see cref="Run"/> began. They
    /// are bit for bit those that one call for all windows would have cut.
    /// </summary>
    /// <returns>False when there are no more windows; the segments are then left as they were.</returns>
    public bool Continue(Segments segments, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        if (segments.Remaining is not { } rest)
            return false;
        var starts = CollectionsMarshal.AsSpan(rest.Starts).Slice(rest.Next, Math.Min(limit, rest.Starts.Count - rest.Next));
        if (rest.Labels is { } labels)
        {
            segments.Label = labels[rest.Next];
            starts = starts[..LengthOfPiece(labels.AsSpan(rest.Next), starts)];
        }

        Cut(rest.Signal, starts, segments);
        rest.Next += starts.Length;
        if (rest.Next == rest.Starts.Count)
            segments.Remaining = null;
        return true;
    }

    /// <summary>The number of next windows that have one label and lie near each other, because what lies between windows is filtered too.</summary>
    private int LengthOfPiece(ReadOnlySpan<Label> labels, ReadOnlySpan<int> starts)
    {
        var count = 1;
        while (count < starts.Length && labels[count] == labels[0] && starts[count] - starts[count - 1] <= Settings.Window)
            count++;
        return count;
    }

    /// <summary>
    /// Filters only the part of the signal that the windows cover. Outputs inside a window read no samples beyond it, except those at its ends,
    /// which are computed again.
    /// </summary>
    private void Cut(ReadOnlySpan<float> signal, ReadOnlySpan<int> starts, Segments segments)
    {
        var first = starts[0];
        var covered = signal[first..(starts[^1] + Settings.Window)];
        _cutter.Filter(covered);
        segments.Resize(starts.Length);
        for (var row = 0; row < starts.Length; row++)
        {
            _cutter.Write(starts[row] - first, segments, row);
            segments.Start[row] = starts[row];
        }
    }

    /// <summary>
    /// Checks a recording and resamples it to 300 Hz, in mV up to a constant, with NaN where there is a gap. <see cref="Run"/> and
    /// <see cref="LiveWindow"/> cut their windows from these samples.
    /// </summary>
    /// <returns>Null when the recording can be used; else why it cannot.</returns>
    public Rejection? Prepare(Recording recording, out float[] samples)
    {
        samples = recording.Samples;
        if (PreparationFaults.OfFs(recording.Id, recording.Fs) is { } fault)
            return fault;
        var length = recording.Fs == Settings.Fs ? samples.Length : ResamplerFrom(recording.Fs).OutputLength(samples.Length);
        if (length < Settings.Window)
            return PreparationFaults.TooShort(recording.Id, recording.Seconds, Settings.Window / Settings.Fs);
        if (!samples.AsSpan().ContainsAnyInRange(float.MinValue, float.MaxValue))
            return Gaps(recording.Id);
        if (Quality.IsFlat(samples))
            return PreparationFaults.Flat(recording.Id);
        var atLimits = Quality.ShareAtLimits(samples, recording.Fs);
        if (atLimits >= Quality.SaturatedShare)
            return PreparationFaults.Saturated(recording.Id, atLimits);
        if (recording.Fs == Settings.Fs)
            return null;
        samples = Resample(samples, ResamplerFrom(recording.Fs));
        // Gaps grow by the resampler's reach, so the samples that varied, or all samples, may have gone with them.
        return !samples.AsSpan().ContainsAnyInRange(float.MinValue, float.MaxValue) ? Gaps(recording.Id)
            : Quality.IsFlat(samples) ? PreparationFaults.Flat(recording.Id)
            : null;
    }

    /// <summary>
    /// Writes the segment of the live window that ends before sample <paramref name="end"/> into one row. The window is normalised by the trailing
    /// 60 s or, from 10 s on, by what there is (see <see cref="LiveStatistics"/>).
    /// </summary>
    /// <param name="samples">
    /// The samples at 300 Hz, from the stream's start or from any later sample at least 60 s before <paramref name="end"/>; NaN marks a gap.
    /// </param>
    /// <param name="end">The end of the window, 3000 to samples.Length.</param>
    /// <param name="segments">Receives the segment.</param>
    /// <param name="row">The row of the segment, 0 to segments.Count - 1.</param>
    /// <returns>False when there is nothing to classify, because a gap lies in the window or the trailing 60 s are flat.</returns>
    public bool LiveWindow(ReadOnlySpan<float> samples, int end, Segments segments, int row)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(end, Settings.Window);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end, samples.Length);
        var window = samples[(end - Settings.Window)..end];
        if (!Quality.AllFinite(window))
            return false;
        if (Quality.IsFlat(LiveStatistics.Trailing(samples, end)))
            return false;
        NormaliseAndCut(window, LiveStatistics.Compute(samples, end), segments, row);
        segments.Start[row] = end - Settings.Window;
        return true;
    }

    /// <summary>Writes the segment of a live window into one row, but for its start.</summary>
    /// <param name="window">3000 finite samples at 300 Hz.</param>
    /// <param name="statistics">Mean and deviation by which it is normalised.</param>
    /// <param name="segments">Receives the segment.</param>
    /// <param name="row">The row of the segment, 0 to segments.Count - 1.</param>
    internal void NormaliseAndCut(ReadOnlySpan<float> window, (double Mean, double Deviation) statistics, Segments segments, int row)
    {
        Reserve(window.Length);
        var signal = _signal.AsSpan(0, window.Length);
        Normalise(window, statistics.Mean, statistics.Deviation, signal);
        _cutter.Filter(signal);
        _cutter.Write(0, segments, row);
    }

    /// <summary>Writes the segment of a window that is already normalised, such as channel 0 of a shard's row, into one row.</summary>
    /// <param name="window">3000 finite samples at 300 Hz.</param>
    /// <param name="segments">Receives the segment.</param>
    /// <param name="row">The row of the segment, 0 to segments.Count - 1.</param>
    public void Segment(ReadOnlySpan<float> window, Segments segments, int row)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(window.Length, Settings.Window, nameof(window));
        _cutter.Filter(window);
        _cutter.Write(0, segments, row);
        segments.Start[row] = 0;
    }

    /// <summary>Computes (v - mean) / deviation for every sample, and 0 at a gap, which no window holds.</summary>
    private static void Normalise(ReadOnlySpan<float> samples, double mean, double deviation, Span<float> signal)
    {
        ref var from = ref MemoryMarshal.GetReference(samples);
        ref var to = ref MemoryMarshal.GetReference(signal[..samples.Length]);
        var (means, deviations) = (Vector256.Create(mean), Vector256.Create(deviation));
        var whole = samples.Length & ~7;
        for (var t = 0; t < whole; t += 8)
        {
            var v = Vector256.LoadUnsafe(ref from, (nuint)t);
            var (a, b) = Vector256.Widen(v);
            var z = Vector256.Narrow((a - means) / deviations, (b - means) / deviations);
            Vector256.ConditionalSelect(
                Vector256.LessThanOrEqual(Vector256.Abs(v), Vector256.Create(float.MaxValue)), z, Vector256<float>.Zero).StoreUnsafe(ref to, (nuint)t);
        }

        for (var t = whole; t < samples.Length; t++)
            signal[t] = float.IsFinite(samples[t]) ? (float)((samples[t] - mean) / deviation) : 0;
    }

    // Piece by piece, so that a day needs no copy of itself. The first finite sample is subtracted from all, so that the filter's small ripple at
    // 0 Hz meets no large offset.
    private static float[] Resample(float[] samples, Resampler resampler)
    {
        var (resampled, pieces, at) = (new float[resampler.OutputLength(samples.Length)], new List<float>(), 0);
        var tail = ResamplerTail.Start;
        for (var first = 0; first < samples.Length; first += PieceSamples)
        {
            tail = tail.Push(resampler, samples.AsSpan(first, Math.Min(PieceSamples, samples.Length - first)), pieces);
            Move();
        }

        tail.Finish(resampler, pieces);
        Move();
        return resampled;

        void Move()
        {
            pieces.CopyTo(resampled, at);
            at += pieces.Count;
            pieces.Clear();
        }
    }

    private Resampler ResamplerFrom(double fs)
    {
        if (!_resamplers.TryGetValue(fs, out var resampler))
            _resamplers[fs] = resampler = new Resampler(fs, Settings.Fs);
        return resampler;
    }

    private Rejection Gaps(string id) => PreparationFaults.Gaps(id, Settings.Window / Settings.Fs);

    private void Reserve(int length)
    {
        if (_signal.Length < length)
            _signal = new float[length];
    }
}
