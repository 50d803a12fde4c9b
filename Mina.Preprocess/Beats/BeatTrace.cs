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

    /// <summary>The last <see cref="BeatTrace.Kept"/> samples between 0.67 and 35 Hz, each at its index modulo that number.</summary>
    public float[] Smooth { get; set; } = new float[BeatTrace.Kept];

    /// <summary>The last <see cref="BeatTrace.BandKept"/> samples between 8 and 20 Hz, each at its index modulo that number.</summary>
    public double[] Band { get; set; } = new double[BeatTrace.BandKept];

    /// <summary>The mean absolute value of the band over the trailing 100 ms, stored in the same way.</summary>
    public double[] Envelope { get; set; } = new double[BeatTrace.BandKept];

    /// <summary>The number of samples seen of the present block of <see cref="BeatTrace.EnvelopeWidth"/>.</summary>
    public int Place { get; set; }

    /// <summary>The sum of the absolute band over the present block.</summary>
    public double BlockSum { get; set; }

    /// <summary>The sum over the block before it from each of its samples on.</summary>
    public double[] LastSums { get; set; } = new double[BeatTrace.EnvelopeWidth + 1];

    /// <summary>Returns a copy that shares nothing.</summary>
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
    /// <summary>The number of samples kept of the signal that shapes are cut from.</summary>
    public const int Kept = 512;

    /// <summary>The number of samples kept of the band and its envelope: a peak is looked for 105 samples back, among 57 on either side.</summary>
    public const int BandKept = 256;

    /// <summary>The number of samples that the envelope is a mean of: 100 ms.</summary>
    public const int EnvelopeWidth = 30;

    private const int Mask = Kept - 1;
    private const int BandMask = BandKept - 1;

    // Samples after a peak that must be known before it is a candidate: its shape reaches that far.
    private const int Reach = 105;

    // Two beats are at least 190 ms apart: 315 a minute.
    private const int Apart = 57;
    private const int FilterDelay = 4;

    /// <summary>The state to continue from.</summary>
    public BeatTraceState State { get; } = state;

    /// <summary>Begins a gap-free stretch with its first sample, which must still be pushed.</summary>
    public void Begin(float first)
    {
        var s = State;
        (s.InStretch, s.StretchStart, s.Searched, s.Offset, s.Place) = (true, s.Count, s.Count, first, 0);
        s.HighPass = s.LowPass = s.Smoothing = s.Baseline = default;
        Array.Clear(s.Smooth);
        Array.Clear(s.Band);
        Array.Clear(s.Envelope);
        Array.Clear(s.LastSums);
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
        double[] bands = s.Band, envelope = s.Envelope, sums = s.LastSums;
        var (smooths, offset, count, searched) = (s.Smooth, s.Offset, s.Count, s.Searched);
        var (place, blockSum) = (s.Place, s.BlockSum);
        var taken = 0;
        var found = false;
        while (taken < values.Length && float.IsFinite(values[taken]) && count < until && !found)
        {
            var filtered = filters.Step(values[taken++] - offset);
            var band = filtered[0];
            smooths[(int)count & Mask] = (float)filtered[1];
            bands[(int)count & BandMask] = band;
            if (place == 0)
            {
                blockSum = 0;
                SumUp(count);
            }

            // The present block's sum and what the mean still holds of the block before it: few additions a sample, and no running sum,
            // which would carry the rounding of all that came before.
            blockSum += Math.Abs(band);
            place++;
            envelope[(int)count & BandMask] = (blockSum + sums[place]) / EnvelopeWidth;
            if (place == EnvelopeWidth)
                place = 0;
            count++;
            if (searched < count - Reach)
            {
                // The neighbours of most samples show that they are no peak. Before a stretch the envelope is 0.
                var height = envelope[(int)searched & BandMask];
                found = envelope[(int)(searched + 1) & BandMask] <= height && envelope[(int)(searched - 1) & BandMask] < height
                    && IsPeak(searched, count);
                searched++;
            }
        }

        filters.Keep(s);
        (s.Count, s.Searched, s.Place, s.BlockSum) = (count, searched, place, blockSum);
        if (found)
            candidates.Enqueue(CandidateAt(searched - 1));
        return taken;
    }

    /// <summary>Computes the sums of the absolute band over the last parts of the block that has just ended.</summary>
    private void SumUp(long count)
    {
        var (band, sums) = (State.Band, State.LastSums);
        for (var k = 1; k <= EnvelopeWidth; k++)
            sums[EnvelopeWidth - k] = sums[EnvelopeWidth - k + 1] + Math.Abs(band[(int)(count - k) & BandMask]);
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
        var (envelope, first) = (State.Envelope, State.StretchStart);
        var height = envelope[(int)t & BandMask];
        if (!(height > 0))
            return false;
        for (var k = 1; k <= Apart; k++)
        {
            if ((t - k >= first && envelope[(int)(t - k) & BandMask] >= height) || (t + k < count && envelope[(int)(t + k) & BandMask] > height))
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
            if (Math.Abs(s.Band[(int)t & BandMask]) > Math.Abs(s.Band[(int)largest & BandMask]))
                largest = t;
        }

        var at = Math.Max(s.StretchStart, largest - FilterDelay);
        var shape = new float[BeatCandidate.ShapePoints + BeatCandidate.Shifts];
        Cut(s.Smooth, at + BeatCandidate.ShapeFrom, BeatCandidate.Step, shape);
        var atrial = new float[BeatCandidate.AtrialPoints + BeatCandidate.Shifts];
        Cut(s.Smooth, at + BeatCandidate.AtrialFrom, BeatCandidate.Step, atrial);
        return new BeatCandidate(at, s.Envelope[(int)peak & BandMask], s.Band[(int)largest & BandMask] < 0 ? -1 : 1, shape, atrial);
    }

    /// <summary>Copies points of a kept signal; those beyond the stretch repeat its ends.</summary>
    private void Cut(float[] kept, long from, int step, Span<float> points)
    {
        for (var k = 0; k < points.Length; k++)
            points[k] = kept[(int)Math.Clamp(from + (k * (long)step), Math.Max(State.StretchStart, State.Count - Kept), State.Count - 1) & Mask];
    }
}
