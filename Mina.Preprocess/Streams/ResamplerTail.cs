namespace Mina.Preprocess.Streams;

/// <summary>
/// The state of a stream's resampling, as a value: the last few samples at the device's frequency that samples at 300 Hz still need.
/// However the signal is cut into chunks, the output is bit for bit that of <see cref="Preprocessor.Prepare"/> for the whole recording.
/// </summary>
/// <param name="Kept">The samples minus <see cref="Offset"/>.</param>
/// <param name="KeptFrom">The index of the first of them.</param>
/// <param name="Next">The index of the next output sample.</param>
/// <param name="Offset">The first finite sample, mV; NaN before it.</param>
public sealed record ResamplerTail(float[] Kept, long KeptFrom, long Next, float Offset)
{
    /// <summary>The state before the first sample.</summary>
    public static ResamplerTail Start { get; } = new([], 0, 0, float.NaN);

    /// <summary>Takes the next samples, and adds the output samples that they complete to <paramref name="output"/>.</summary>
    /// <param name="resampler">The resampler from the device's frequency; null where that is 300 Hz, and the samples stay as they are.</param>
    /// <param name="x">Samples in mV; those that are not finite are missing.</param>
    /// <param name="output">Receives the samples at 300 Hz; all that a missing sample contributes to are NaN.</param>
    public ResamplerTail Push(Resampler? resampler, ReadOnlySpan<float> x, List<float> output)
    {
        if (resampler is null)
        {
            output.AddRange(x);
            return this;
        }

        if (x.IsEmpty)
            return this;
        var offset = Offset;
        var kept = new float[Kept.Length + x.Length];
        Kept.CopyTo(kept, 0);
        for (var i = 0; i < x.Length; i++)
        {
            if (float.IsNaN(offset) && float.IsFinite(x[i]))
                offset = x[i];
            kept[Kept.Length + i] = x[i] - offset;
        }

        var end = KeptFrom + kept.Length;
        var next = Next;
        for (; ; next++)
        {
            var (first, taps) = resampler.Reach(next);
            if (first + taps.Length > end)
                break;
            output.Add(At(resampler.Reach(next), kept, KeptFrom, end));
        }

        // The last sample is kept too: what Finish continues.
        var from = Math.Clamp(Math.Min(resampler.Reach(next).First, end - 1), KeptFrom, end);
        return new ResamplerTail(kept[(int)(from - KeptFrom)..], from, next, offset);
    }

    /// <summary>Ends the signal: the remaining samples are computed as if the last one went on. Nothing can be pushed afterwards.</summary>
    public void Finish(Resampler? resampler, List<float> output)
    {
        var end = KeptFrom + Kept.Length;
        if (resampler is null || end == 0)
            return;
        var length = ((end * resampler.Up) + resampler.Down - 1) / resampler.Down;
        for (var next = Next; next < length; next++)
            output.Add(At(resampler.Reach(next), Kept, KeptFrom, end));
    }

    private static float At((long First, float[] Taps) reach, float[] kept, long keptFrom, long end)
    {
        var (first, taps) = reach;
        if (first >= keptFrom && first + taps.Length <= end)
            return Resampler.Weigh(taps, kept.AsSpan((int)(first - keptFrom), taps.Length), keepConstant: true);
        Span<float> edge = taps.Length <= 1024 ? stackalloc float[taps.Length] : new float[taps.Length];
        for (var k = 0; k < taps.Length; k++)
            edge[k] = kept[(int)(Math.Clamp(first + k, 0, end - 1) - keptFrom)];
        return Resampler.Weigh(taps, edge, keepConstant: true);
    }
}
