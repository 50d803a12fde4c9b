using Mina.Preprocess;

namespace Mina.Streaming.Live;

/// <summary>
/// The samples of a stream from one connecting to the next, at 300 Hz, with the last minutes in memory. Windows start each 500
/// samples from its first sample on, as in a file.
/// </summary>
/// <param name="start">Time of the first sample.</param>
/// <param name="fs">Of the device, Hz.</param>
/// <param name="keptSeconds">What stays in memory.</param>
/// <param name="stride">From one window to the next, in samples at 300 Hz.</param>
internal sealed class LiveSession(DateTimeOffset start, double fs, int keptSeconds, int stride)
{
    private readonly StreamResampler _resampler = new(fs, Shapes.Fs);
    private readonly List<float> _fresh = [];
    private readonly float[] _samples = new float[(keptSeconds + 60) * Shapes.Fs];
    private int _count;
    private long _first;   // position of _samples[0]

    /// <summary>Time of position 0.</summary>
    public DateTimeOffset Start { get; } = start;

    /// <summary>Of the device, Hz.</summary>
    public double Fs { get; } = fs;

    /// <summary>Samples taken, at the device's frequency, gaps included.</summary>
    public long Taken { get; private set; }

    /// <summary>When the next sample is due.</summary>
    public DateTimeOffset Until => Start + TimeSpan.FromSeconds(Taken / Fs);

    /// <summary>Where the next window ends, in samples at 300 Hz.</summary>
    public long NextEnd { get; set; } = Shapes.Window;

    /// <summary>Position after the last sample at 300 Hz.</summary>
    public long End => _first + _count;

    /// <summary>The samples that are in memory; the first is at <see cref="First"/>.</summary>
    public ReadOnlySpan<float> Kept => _samples.AsSpan(0, _count);

    /// <summary>Position of the first sample in memory.</summary>
    public long First => _first;

    /// <summary>Time of a position.</summary>
    public DateTimeOffset TimeOf(long position) => Start + TimeSpan.FromSeconds((double)position / Shapes.Fs);

    /// <summary>
    /// Takes samples; <paramref name="closed"/> is called for each window that they close, when what is in memory ends with or
    /// after it.
    /// </summary>
    public void Push(ReadOnlySpan<float> millivolts, bool last, Action<long> closed)
    {
        _resampler.Push(millivolts, _fresh);
        Taken += millivolts.Length;
        if (last)
            _resampler.Finish(_fresh);
        for (var at = 0; at < _fresh.Count;)
        {
            var some = (int)Math.Min(_fresh.Count - at, NextEnd - End);
            Append(at, some);
            at += some;
            if (End == NextEnd)
            {
                closed(NextEnd);
                NextEnd += stride;
            }
        }

        _fresh.Clear();
    }

    private void Append(int from, int count)
    {
        if (_count + count > _samples.Length)
        {
            // In steps of a minute, so that samples are moved seldom.
            var gone = Math.Max(60 * Shapes.Fs, _count + count - _samples.Length);
            Array.Copy(_samples, gone, _samples, 0, _count - gone);
            _count -= gone;
            _first += gone;
        }

        _fresh.CopyTo(from, _samples, _count, count);
        _count += count;
    }
}
