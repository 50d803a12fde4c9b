namespace Mina.Preprocess;

/// <summary>
/// <see cref="Resampler"/> for a signal that comes in chunks: the same numbers, bit for bit, however it is cut. As
/// <see cref="Preprocessor.Prepare"/> does, it leaves 300 Hz as it is and takes the first finite sample off any other signal.
/// </summary>
/// <remarks>Holds the last few samples: one instance a stream, one thread at a time.</remarks>
public sealed class StreamResampler
{
    private readonly Resampler? _resampler;
    private float[] _kept = [];
    private int _keptCount;
    private long _keptFrom;   // index of the first sample kept
    private long _next;       // output sample that is due
    private float _offset = float.NaN;

    /// <summary>From one frequency to another.</summary>
    /// <param name="from">Hz, as <see cref="Resampler"/> takes it.</param>
    /// <param name="to">Hz.</param>
    /// <exception cref="ArgumentOutOfRangeException">No ratio of whole numbers comes near.</exception>
    public StreamResampler(double from, double to) => _resampler = from == to ? null : new Resampler(from, to);

    /// <summary>Takes the next samples and adds what they settle to <paramref name="output"/>.</summary>
    /// <param name="x">In mV; non-finite ones are missing.</param>
    /// <param name="output">Grows by about x.Length * to / from; a missing sample makes all that it reaches NaN.</param>
    public void Push(ReadOnlySpan<float> x, List<float> output)
    {
        if (_resampler is null)
        {
            foreach (var v in x)
                output.Add(v);
            return;
        }

        Keep(x);
        var end = _keptFrom + _keptCount;
        while (true)
        {
            var (first, taps) = _resampler.Reach(_next);
            if (first + taps.Length > end)
                break;
            output.Add(At(first, taps, end));
            _next++;
        }

        Forget();
    }

    /// <summary>Ends the signal: the rest comes out, the last sample continued. Nothing can be pushed afterwards.</summary>
    public void Finish(List<float> output)
    {
        var end = _keptFrom + _keptCount;
        if (_resampler is null || end == 0)
            return;
        var length = ((end * _resampler.Up) + _resampler.Down - 1) / _resampler.Down;
        for (; _next < length; _next++)
        {
            var (first, taps) = _resampler.Reach(_next);
            output.Add(At(first, taps, end));
        }
    }

    private float At(long first, float[] taps, long end)
    {
        if (first >= _keptFrom && first + taps.Length <= end)
            return Resampler.Weigh(taps, _kept.AsSpan((int)(first - _keptFrom), taps.Length), keepConstant: true);
        Span<float> edge = taps.Length <= 1024 ? stackalloc float[taps.Length] : new float[taps.Length];
        for (var k = 0; k < taps.Length; k++)
            edge[k] = _kept[(int)(Math.Clamp(first + k, 0, end - 1) - _keptFrom)];
        return Resampler.Weigh(taps, edge, keepConstant: true);
    }

    private void Keep(ReadOnlySpan<float> x)
    {
        if (_keptCount + x.Length > _kept.Length)
            Array.Resize(ref _kept, Math.Max(2 * _kept.Length, _keptCount + x.Length));
        foreach (var v in x)
        {
            if (float.IsNaN(_offset) && float.IsFinite(v))
                _offset = v;
            _kept[_keptCount++] = v - _offset;
        }
    }

    private void Forget()
    {
        // The sample before is kept too: what Finish continues.
        var from = Math.Clamp(Math.Min(_resampler!.Reach(_next).First, _keptFrom + _keptCount - 1), _keptFrom, _keptFrom + _keptCount);
        var gone = (int)(from - _keptFrom);
        Array.Copy(_kept, gone, _kept, 0, _keptCount - gone);
        _keptFrom = from;
        _keptCount -= gone;
    }
}
