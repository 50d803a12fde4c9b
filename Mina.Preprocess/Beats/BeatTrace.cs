using System.Runtime.CompilerServices;

namespace Mina.Preprocess.Beats;

/// <summary>The state from which a <see cref="BeatTrace"/> continues. It is plain data.</summary>
public sealed class BeatTraceState
{
    /// <summary>The number of samples seen.</summary>
    public long Count { get; set; }

    /// <summary>The index of the first sample of the present gap-free stretch.</summary>
    public long StretchStart { get; set; }

    /// <summary>The value of that sample.</summary>
    public double Offset { get; set; }

    /// <summary>Whether the last sample was there; false before the first sample and in a gap.</summary>
    public bool InStretch { get; set; }

    /// <summary>The number of samples that have been examined as peaks of the envelope.</summary>
    public long Searched { get; set; }

    /// <summary>The memory of the filter from 8 Hz.</summary>
    public BiquadState HighPass { get; set; }

    /// <summary>The memory of the filter to 20 Hz.</summary>
    public BiquadState LowPass { get; set; }

    /// <summary>The memory of the filter to 35 Hz.</summary>
    public BiquadState Smoothing { get; set; }

    /// <summary>The memory of the filter from 0.67 Hz.</summary>
    public BiquadState Baseline { get; set; }

    /// <summary>The last <see cref="BeatTrace.SmoothKept"/> samples between 0.67 and 35 Hz, oldest first; 0 before the stretch.</summary>
    public float[] Smooth { get; set; } = NoSmooth;

    /// <summary>The last <see cref="BeatTrace.BandKept"/> samples between 8 and 20 Hz, oldest first; 0 before the stretch.</summary>
    public double[] Band { get; set; } = NoBand;

    // Nobody changes what a state holds, so that streams which have not begun share it.
    internal static float[] NoSmooth { get; } = new float[BeatTrace.SmoothKept];

    internal static double[] NoBand { get; } = new double[BeatTrace.BandKept];

    /// <summary>Returns the state with samples of its own.</summary>
    internal BeatTraceState With(float[] smooth, double[] band)
    {
        var copy = (BeatTraceState)MemberwiseClone();
        (copy.Smooth, copy.Band) = (smooth, band);
        return copy;
    }
}

/// <summary>
/// The signal's path to candidates, sample by sample: the QRS band (8-20 Hz, where QRS complexes are strong and P and T waves weak; Elgendi,
/// "Fast QRS detection with an optimized knowledge-based method", PLoS ONE 8(9):e73557, 2013), its envelope, and the envelope's peaks.
/// </summary>
/// <remarks>
/// A state keeps no more than what another trace needs to go on. The envelope follows from the band, so that it is computed again: a stream's
/// state lasts, and is written anew with every window, while a trace may serve many streams in turn.
/// </remarks>
internal sealed class BeatTrace
{
    /// <summary>The number of samples that the envelope is a mean of: 100 ms.</summary>
    public const int EnvelopeWidth = 30;

    /// <summary>The number of samples of the band in a state: the envelope that peaks are looked for in, and the two blocks that it follows from.</summary>
    public const int BandKept = Reach + Apart + (2 * EnvelopeWidth);

    /// <summary>The number of smooth samples in a state: a candidate's atrial points begin so far back.</summary>
    public const int SmoothKept = Reach + 1 + Before + FilterDelay - BeatCandidate.AtrialFrom;

    // A peak is looked for among Apart samples on either side, Reach samples back.
    private const int Ring = 256;
    private const int RingMask = Ring - 1;
    private const int SmoothRing = 512;
    private const int SmoothMask = SmoothRing - 1;

    // Samples after a peak that must be known before it is a candidate: its shape reaches that far.
    private const int Reach = 105;

    // Two beats are at least 190 ms apart: 315 a minute.
    private const int Apart = 57;

    // A candidate lies at most so many samples before the envelope's peak, less the delay of the filter.
    private const int Before = EnvelopeWidth + 3;
    private const int FilterDelay = 4;

    // Each sample is at its index modulo the length.
    private readonly float[] _smooth = new float[SmoothRing];
    private readonly double[] _band = new double[Ring];
    private readonly double[] _envelope = new double[Ring];

    // The sum of the absolute band over the block before the present one from each of its samples on.
    private readonly double[] _lastSums = new double[EnvelopeWidth + 1];

    // The number of samples of the present block, and the sum of the absolute band over them.
    private int _place;
    private double _blockSum;

    /// <summary>A trace that goes on from a state.</summary>
    public BeatTrace(BeatTraceState state) => GoOn(state);

    /// <summary>The state to continue from, without its samples.</summary>
    public BeatTraceState State { get; private set; } = null!;

    /// <summary>Goes on from another state, as if nothing had come before.</summary>
    public void GoOn(BeatTraceState state)
    {
        State = state.With([], []);
        if (!state.InStretch)
            return;
        for (var k = 1; k <= BandKept; k++)
            _band[(int)(state.Count - k) & RingMask] = state.Band[^k];
        for (var k = 1; k <= SmoothKept; k++)
            _smooth[(int)(state.Count - k) & SmoothMask] = state.Smooth[^k];
        Array.Clear(_envelope);
        var first = Math.Max(state.StretchStart, state.Count - Reach - Apart);
        var at = first - ((first - state.StretchStart) % EnvelopeWidth);
        for (_place = 0; at < state.Count; at++)
            _envelope[(int)at & RingMask] = MeanSize(at, _band[(int)at & RingMask], ref _place, ref _blockSum);
    }

    /// <summary>Returns a state from which another trace can continue.</summary>
    public BeatTraceState Keep()
    {
        if (!State.InStretch)
            return State.With(BeatTraceState.NoSmooth, BeatTraceState.NoBand);
        var (smooth, band) = (new float[SmoothKept], new double[BandKept]);
        for (var k = 1; k <= BandKept; k++)
            band[^k] = _band[(int)(State.Count - k) & RingMask];
        for (var k = 1; k <= SmoothKept; k++)
            smooth[^k] = _smooth[(int)(State.Count - k) & SmoothMask];
        return State.With(smooth, band);
    }

    /// <summary>Begins a gap-free stretch with its first sample, which must still be pushed.</summary>
    public void Begin(float first)
    {
        var s = State;
        (s.InStretch, s.StretchStart, s.Searched, s.Offset) = (true, s.Count, s.Count, first);
        s.HighPass = s.LowPass = s.Smoothing = s.Baseline = default;
        _place = 0;
        Array.Clear(_smooth);
        Array.Clear(_band);
        Array.Clear(_envelope);
        Array.Clear(_lastSums);
    }

    /// <summary>Ends the stretch, and adds the peaks that were waiting for more samples.</summary>
    public void End(Queue<BeatCandidate> candidates)
    {
        Search(State.Count, candidates);
        State.InStretch = false;
    }

    /// <summary>Takes finite samples of the stretch, and stops after the sample that completes a candidate.</summary>
    /// <param name="values">In the signal's unit; the first is finite.</param>
    /// <param name="until">The value of <see cref="BeatTraceState.Count"/> at which it also stops.</param>
    /// <param name="candidates">Receives the candidate.</param>
    /// <returns>The number of samples taken, at least one. It also stops before a sample that is not finite.</returns>
    public int Push(ReadOnlySpan<float> values, long until, Queue<BeatCandidate> candidates)
    {
        var s = State;
        var filters = new BeatFilters(s);
        var (smooth, bands, envelope) = (_smooth, _band, _envelope);
        var (offset, count, searched) = (s.Offset, s.Count, s.Searched);
        var (place, blockSum) = (_place, _blockSum);
        var taken = 0;
        var found = false;
        while (taken < values.Length && float.IsFinite(values[taken]) && count < until && !found)
        {
            var filtered = filters.Step(values[taken++] - offset);
            var band = filtered[0];
            smooth[(int)count & SmoothMask] = (float)filtered[1];
            bands[(int)count & RingMask] = band;
            envelope[(int)count & RingMask] = MeanSize(count, band, ref place, ref blockSum);
            count++;
            if (searched < count - Reach)
            {
                // The neighbours of most samples show that they are no peak. Before a stretch the envelope is 0.
                var height = envelope[(int)searched & RingMask];
                found = envelope[(int)(searched + 1) & RingMask] <= height && envelope[(int)(searched - 1) & RingMask] < height
                    && IsPeak(searched, count);
                searched++;
            }
        }

        filters.Keep(s);
        (s.Count, s.Searched, _place, _blockSum) = (count, searched, place, blockSum);
        if (found)
            candidates.Enqueue(CandidateAt(searched - 1));
        return taken;
    }

    /// <summary>The mean absolute value of the band over 100 ms, with the sample at an index, which follows the one before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double MeanSize(long at, double band, ref int place, ref double blockSum)
    {
        if (place == 0)
        {
            blockSum = 0;
            SumUp(at);
        }

        // The present block's sum and what the mean still holds of the block before it: few additions a sample, and no running sum, which
        // would carry the rounding of all that came before.
        blockSum += Math.Abs(band);
        place++;
        var mean = (blockSum + _lastSums[place]) / EnvelopeWidth;
        if (place == EnvelopeWidth)
            place = 0;
        return mean;
    }

    /// <summary>Computes the sums of the absolute band over the last parts of the block that has just ended.</summary>
    private void SumUp(long count)
    {
        var (band, sums) = (_band, _lastSums);
        for (var k = 1; k <= EnvelopeWidth; k++)
            sums[EnvelopeWidth - k] = sums[EnvelopeWidth - k + 1] + Math.Abs(band[(int)(count - k) & RingMask]);
    }

    private void Search(long end, Queue<BeatCandidate> candidates)
    {
        for (; State.Searched < end; State.Searched++)
        {
            if (IsPeak(State.Searched, State.Count))
                candidates.Enqueue(CandidateAt(State.Searched));
        }
    }

    private bool IsPeak(long t, long count)
    {
        var (envelope, first) = (_envelope, State.StretchStart);
        var height = envelope[(int)t & RingMask];
        if (!(height > 0))
            return false;
        for (var k = 1; k <= Apart; k++)
        {
            if ((t - k >= first && envelope[(int)(t - k) & RingMask] >= height) || (t + k < count && envelope[(int)(t + k) & RingMask] > height))
                return false;
        }

        return true;
    }

    private BeatCandidate CandidateAt(long peak)
    {
        var s = State;
        var largest = peak;
        for (var t = Math.Max(s.StretchStart, peak - Before); t <= Math.Min(s.Count - 1, peak + 3); t++)
        {
            if (Math.Abs(_band[(int)t & RingMask]) > Math.Abs(_band[(int)largest & RingMask]))
                largest = t;
        }

        var at = Math.Max(s.StretchStart, largest - FilterDelay);
        var shape = new float[BeatCandidate.ShapePoints + BeatCandidate.Shifts];
        Cut(at + BeatCandidate.ShapeFrom, BeatCandidate.Step, shape);
        var atrial = new float[BeatCandidate.AtrialPoints + BeatCandidate.Shifts];
        Cut(at + BeatCandidate.AtrialFrom, BeatCandidate.Step, atrial);
        return new BeatCandidate(at, _envelope[(int)peak & RingMask], _band[(int)largest & RingMask] < 0 ? -1 : 1, shape, atrial);
    }

    /// <summary>Copies points of a kept signal; those beyond the stretch repeat its ends.</summary>
    private void Cut(long from, int step, Span<float> points)
    {
        for (var k = 0; k < points.Length; k++)
            points[k] = _smooth[(int)Math.Clamp(from + (k * (long)step), State.StretchStart, State.Count - 1) & SmoothMask];
    }
}
