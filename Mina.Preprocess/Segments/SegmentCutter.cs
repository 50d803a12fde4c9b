namespace Mina.Preprocess;

/// <summary>
/// Cuts segments out of a normalised signal. The signal is filtered and its knowledge computed once. The parts that overlapping windows share
/// are then copied, and only the ends of a window, which its own zero padding affects, are computed for it alone. The segments have the same
/// bits as if each window had been processed by itself. The cutter holds buffers, so each thread needs an instance of its own.
/// </summary>
public sealed class SegmentCutter
{
    private const int T = Shapes.SubSegment;
    private const int LowChannel = 1;
    private const int HighChannel = 3;

    private readonly PreprocessSettings _settings;
    private readonly ChannelFilter _filter;
    private readonly int _reach;
    private readonly int _highReach;
    private readonly double[] _head;
    private readonly double[] _tail;
    private readonly float[][] _beat = [[], [], [], []];
    private readonly SubSegment[][] _parts = [[], [], [], []];
    private readonly SubSegment[] _window = new SubSegment[Shapes.SubSegments];

    private SegmentCutter? _alone;

    // The first sub-segment begins at this sample, and the next ones every 50 samples after it.
    private int _grid;

    /// <param name="settings">Settings with the shapes of <see cref="Shapes"/>; filters that reach over a third of a window are slow.</param>
    /// <param name="width">The width of the registers in bits; 0 stands for the widest there is. It does not change the results.</param>
    public SegmentCutter(PreprocessSettings settings, int width = 0)
    {
        _settings = settings;
        var bank = new FirBank(settings);
        _filter = new ChannelFilter(bank, width);
        _reach = bank.Reach;
        _highReach = bank.Lp50.Length / 2;
        (_head, _tail) = (new double[_reach + 1], new double[_reach + 1]);
    }

    /// <summary>Filters a signal, from which <see cref="Write"/> then cuts windows.</summary>
    /// <param name="signal">At least 3000 samples at 300 Hz, with 0 where there is a gap, which no window may hold.</param>
    /// <param name="grid">The start of a window; windows at a multiple of 50 samples from it are cut faster.</param>
    public void Filter(ReadOnlySpan<float> signal, int grid = 0)
    {
        _filter.Filter(signal);
        _grid = grid % T;
        var count = (signal.Length - _grid) / T;
        for (var c = 0; c < Shapes.Channels; c++)
        {
            if (_beat[c].Length < signal.Length)
                _beat[c] = new float[signal.Length];
            if (_parts[c].Length < count)
                _parts[c] = new SubSegment[count];
            var x = Channel(c);
            if (c == LowChannel)
                Knowledge.Beat(_filter.LowExact, _beat[c]);
            else
                Knowledge.Beat(x, _beat[c]);
            for (var m = 0; m < count; m++)
                _parts[c][m] = SubSegment.Measure(x.Slice(_grid + (m * T), T));
        }

        GC.KeepAlive(_filter); // Spans of its channels do not keep it alive.
    }

    /// <summary>Writes the segment of one window into a row. The row's entry in <see cref="Segments.Start"/> is left to the caller.</summary>
    /// <param name="start">The first sample of the window, counted from the signal's first sample.</param>
    /// <param name="segments">Receives the segment.</param>
    /// <param name="row">The row of the segment, 0 to segments.Count - 1.</param>
    public void Write(int start, Segments segments, int row)
    {
        var x = segments.X.AsSpan(row * Shapes.XLength, Shapes.XLength);
        var beat = segments.KBeat.AsSpan(row * Shapes.XLength, Shapes.XLength);
        var alone = _filter.Length == Shapes.Window;
        if (!alone && _filter.Shortest > Shapes.Window)
        {
            _alone ??= new SegmentCutter(_settings);
            _alone.Filter(_filter.Original.Slice(start, Shapes.Window));
            _alone.Write(0, segments, row);
            return;
        }

        for (var c = 0; c < Shapes.Channels; c++)
        {
            Channel(c).Slice(start, Shapes.Window).CopyTo(x[(c * Shapes.Window)..]);
            var steps = beat.Slice(c * Shapes.Window, Shapes.Window);
            _beat[c].AsSpan(start, Shapes.Window).CopyTo(steps);
            steps[0] = 0;
        }

        if (!alone)
            Mend(start, x, beat);
        for (var c = 0; c < Shapes.Channels; c++)
        {
            var parts = Parts(c, start, x.Slice(c * Shapes.Window, Shapes.Window), alone);
            var rhythm = segments.KRhythm.AsSpan((row * Shapes.RhythmLength) + (c * Shapes.SubSegments), Shapes.SubSegments);
            for (var m = 0; m < rhythm.Length; m++)
                rhythm[m] = parts[m].Deviation;
            segments.KFreq[(row * Shapes.Channels) + c] = Knowledge.Frequency(parts, T, _settings.Fs);
        }

        GC.KeepAlive(_filter);
    }

    private ReadOnlySpan<float> Channel(int c) => c switch
    {
        0 => _filter.Original,
        LowChannel => _filter.Low,
        HighChannel => _filter.High,
        _ => _filter.Band,
    };

    /// <summary>The number of samples at each end of a channel that the zero padding affects.</summary>
    private int ReachOf(int c) => c == 0 ? 0 : c == HighChannel ? _highReach : _reach;

    private void Mend(int start, Span<float> x, Span<float> beat)
    {
        const int n = Shapes.Window;
        _filter.MendEnds(start, n, x, _head, _tail.AsSpan(1));
        for (var c = LowChannel; c < Shapes.Channels; c++)
        {
            var channel = x.Slice(c * n, n);
            var steps = beat.Slice(c * n, n);
            var reach = ReachOf(c);
            if (c == LowChannel)
            {
                // The steps into and out of the part that is not mended are computed with the ends.
                _head[^1] = _filter.LowExact[start + reach];
                _tail[0] = _filter.LowExact[start + n - reach - 1];
                Knowledge.Steps(_head, steps[1..]);
                Knowledge.Steps(_tail, steps[(n - reach)..]);
            }
            else
            {
                Knowledge.Steps(channel[..(reach + 1)], steps[1..]);
                Knowledge.Steps(channel[(n - reach - 1)..], steps[(n - reach)..]);
            }
        }
    }

    /// <summary>The window's sub-segments; those of the whole signal are used where they begin at the same samples and are not mended.</summary>
    private ReadOnlySpan<SubSegment> Parts(int c, int start, ReadOnlySpan<float> channel, bool alone)
    {
        var shared = (start - _grid) % T == 0;
        var mended = alone ? 0 : (ReachOf(c) + T - 1) / T;
        if (shared && mended == 0)
            return _parts[c].AsSpan((start - _grid) / T, Shapes.SubSegments);
        for (var m = 0; m < Shapes.SubSegments; m++)
        {
            _window[m] = shared && m >= mended && m < Shapes.SubSegments - mended
                ? _parts[c][((start - _grid) / T) + m]
                : SubSegment.Measure(channel.Slice(m * T, T));
        }

        return _window;
    }
}
