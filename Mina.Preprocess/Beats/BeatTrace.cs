namespace Mina.Preprocess.Beats;

/// <summary>What <see cref="BeatTrace"/> goes on from. Plain data, to be kept as JSON.</summary>
public sealed class BeatTraceState
{
    /// <summary>Samples seen; of them the first of the present gap-free stretch, and its value.</summary>
    public long Count { get; set; }

    public long StretchStart { get; set; }

    public double Offset { get; set; }

    /// <summary>False: the last sample was missing, or there was none.</summary>
    public bool InStretch { get; set; }

    /// <summary>Samples that have been looked at as peaks of the envelope.</summary>
    public long Searched { get; set; }

    /// <summary>The filters' memories.</summary>
    public BiquadState HighPass { get; set; }

    public BiquadState LowPass { get; set; }

    public BiquadState Smoothing { get; set; }

    public BiquadState Baseline { get; set; }

    /// <summary>The last <see cref="BeatTrace.Kept"/> samples between 0.67 and 35 Hz, each at its index modulo that.</summary>
    public float[] Smooth { get; set; } = new float[BeatTrace.Kept];

    /// <summary>The same between 8 and 20 Hz.</summary>
    public double[] Band { get; set; } = new double[BeatTrace.Kept];

    /// <summary>Mean absolute value of the band over the trailing 100 ms.</summary>
    public double[] Envelope { get; set; } = new double[BeatTrace.Kept];

    /// <summary>
    /// Sum of the absolute band over the present block of <see cref="BeatTrace.EnvelopeWidth"/> samples, and over the last part of the
    /// block before it, by where that part begins.
    /// </summary>
    public double BlockSum { get; set; }

    public double[] LastSums { get; set; } = new double[BeatTrace.EnvelopeWidth + 1];

    /// <summary>A copy that shares nothing.</summary>
    public BeatTraceState Copy()
    {
        var copy = (BeatTraceState)MemberwiseClone();
        (copy.Smooth, copy.Band, copy.Envelope, copy.LastSums) = ([.. Smooth], [.. Band], [.. Envelope], [.. LastSums]);
        return copy;
    }
}

/// <summary>
/// The signal's path to candidates, sample by sample: the QRS band (8-20 Hz, where QRS complexes are strong and P and T waves weak; Elgendi,
/// "Fast QRS detection with an optimized knowledge-based method", PLoS ONE 8(9):e73557, 2013), its envelope, and the envelope's peaks.
/// </summary>
internal sealed class BeatTrace(BeatTraceState state)
{
    /// <summary>Samples kept.</summary>
    public const int Kept = 512;

    /// <summary>Samples that the envelope is a mean of: 100 ms.</summary>
    public const int EnvelopeWidth = 30;

    private const int Mask = Kept - 1;

    // Samples after a peak that must be known before it is a candidate: its shape reaches that far.
    private const int Reach = 105;

    // Two beats are at least 190 ms apart: 315 a minute.
    private const int Apart = 57;
    private const int FilterDelay = 4;

    private static readonly Biquad HighPass = Biquad.HighPass(8);
    private static readonly Biquad LowPass = Biquad.LowPass(20);
    private static readonly Biquad Smoothing = Biquad.LowPass(35);
    private static readonly Biquad Baseline = Biquad.HighPass(0.67);

    /// <summary>What to go on from.</summary>
    public BeatTraceState State { get; } = state;

    /// <summary>Begins a gap-free stretch with its first sample, which is yet to be pushed.</summary>
    public void Begin(float first)
    {
        var s = State;
        (s.InStretch, s.StretchStart, s.Searched, s.Offset) = (true, s.Count, s.Count, first);
        s.HighPass = s.LowPass = s.Smoothing = s.Baseline = default;
        Array.Clear(s.Smooth);
        Array.Clear(s.Band);
        Array.Clear(s.Envelope);
        Array.Clear(s.LastSums);
    }

    /// <summary>Ends the stretch: the peaks that were waiting for more samples.</summary>
    public void End(Queue<BeatCandidate> candidates)
    {
        Search(State.Count, candidates);
        State.InStretch = false;
    }

    /// <summary>Takes a finite sample of the stretch, and adds what becomes a candidate by it.</summary>
    public void Push(float value, Queue<BeatCandidate> candidates)
    {
        var s = State;
        var x = value - s.Offset;
        var (highPass, lowPass, smoothing, baseline) = (s.HighPass, s.LowPass, s.Smoothing, s.Baseline);
        var band = LowPass.Step(HighPass.Step(x, ref highPass), ref lowPass);
        var smooth = Baseline.Step(Smoothing.Step(x, ref smoothing), ref baseline);
        (s.HighPass, s.LowPass, s.Smoothing, s.Baseline) = (highPass, lowPass, smoothing, baseline);
        var at = (int)s.Count & Mask;
        s.Smooth[at] = (float)smooth;
        s.Band[at] = band;
        s.Envelope[at] = TrailingMean();
        s.Count++;
        Search(s.Count - Reach, candidates);
    }

    /// <summary>
    /// The present block's sum and what the window still holds of the block before it: few additions a sample, and no running sum, which
    /// would carry the rounding of all that came before.
    /// </summary>
    private double TrailingMean()
    {
        var s = State;
        var place = (int)((s.Count - s.StretchStart) % EnvelopeWidth);
        if (place == 0)
        {
            s.BlockSum = 0;
            for (var k = 1; k <= EnvelopeWidth; k++)
                s.LastSums[EnvelopeWidth - k] = s.LastSums[EnvelopeWidth - k + 1] + Math.Abs(s.Band[(int)(s.Count - k) & Mask]);
        }

        s.BlockSum += Math.Abs(s.Band[(int)s.Count & Mask]);
        return (s.BlockSum + s.LastSums[place + 1]) / EnvelopeWidth;
    }

    private void Search(long end, Queue<BeatCandidate> candidates)
    {
        for (; State.Searched < end; State.Searched++)
        {
            if (IsPeak(State.Searched))
                candidates.Enqueue(CandidateAt(State.Searched));
        }
    }

    private bool IsPeak(long t)
    {
        var s = State;
        var height = s.Envelope[(int)t & Mask];
        if (!(height > 0))
            return false;
        for (var k = 1; k <= Apart; k++)
        {
            if ((t - k >= s.StretchStart && s.Envelope[(int)(t - k) & Mask] >= height) || (t + k < s.Count && s.Envelope[(int)(t + k) & Mask] > height))
                return false;
        }

        return true;
    }

    private BeatCandidate CandidateAt(long peak)
    {
        var s = State;
        var largest = peak;
        for (var t = Math.Max(s.StretchStart, peak - EnvelopeWidth - 3); t <= Math.Min(s.Count - 1, peak + 3); t++)
        {
            if (Math.Abs(s.Band[(int)t & Mask]) > Math.Abs(s.Band[(int)largest & Mask]))
                largest = t;
        }

        var at = Math.Max(s.StretchStart, largest - FilterDelay);
        var shape = new float[BeatCandidate.ShapePoints + BeatCandidate.Shifts];
        Cut(s.Smooth, at + BeatCandidate.ShapeFrom, BeatCandidate.Step, shape);
        var atrial = new float[BeatCandidate.AtrialPoints + BeatCandidate.Shifts];
        Cut(s.Smooth, at + BeatCandidate.AtrialFrom, BeatCandidate.Step, atrial);
        return new BeatCandidate(at, s.Envelope[(int)peak & Mask], s.Band[(int)largest & Mask] < 0 ? -1 : 1, shape, atrial);
    }

    /// <summary>Points of a kept signal; those beyond the stretch repeat its ends.</summary>
    private void Cut(float[] kept, long from, int step, Span<float> points)
    {
        for (var k = 0; k < points.Length; k++)
            points[k] = kept[(int)Math.Clamp(from + (k * (long)step), Math.Max(State.StretchStart, State.Count - Kept), State.Count - 1) & Mask];
    }
}
