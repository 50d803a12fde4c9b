using System.Numerics.Tensors;

namespace Mina.Preprocess;

/// <summary>
/// Filters a whole signal once, zero-padded and aligned with it (numpy's 'same'), and then computes the ends of any window again, so that the
/// window has the same bits as if it had been filtered alone. It holds buffers, so each thread needs an instance of its own.
/// </summary>
/// <remarks>
/// Every output is summed tap by tap in the same order wherever it lies and whatever the register width; products with the zero padding are left
/// out. The low channel is summed in double, because its steps are as small as the rounding of its samples to float.
/// </remarks>
public sealed unsafe class ChannelFilter
{
    // The number of zeros before and after the signal in each buffer: more than any tap reaches, in whole registers.
    private readonly int _lead;

    // The offset at which the strided taps find the smoothed signal aligned.
    private readonly int _shift;
    private readonly int _width;
    private readonly FirBank _bank;
    private readonly Aligned<double> _spline = new();
    private readonly Aligned<double> _taps = new();
    private readonly Aligned<float> _lp50Taps = new();
    private readonly Pieces _whole = new();
    private readonly Pieces _head = new();
    private readonly Pieces _tail = new();
    private float[] _low = [];
    private float[] _band = [];
    private float[] _high = [];
    private ChannelFilter? _alone;

    /// <param name="bank">The taps.</param>
    /// <param name="width">The width of the registers in bits; 0 stands for the widest there is. It does not change the results.</param>
    public ChannelFilter(FirBank bank, int width = 0)
    {
        _bank = bank;
        _width = width == 0 ? Convolution.Widths[0] : width;
        _lead = (bank.Reach + (4 * Convolution.Overrun)) & ~63;
        var splines = bank.Splines;
        _shift = splines is null ? 0 : (bank.Reach - splines.First) & 7;
        double[] all = splines is null ? [.. bank.Low.Span] : [.. splines.Weights, .. splines.Left, .. splines.Right];
        Fill(_taps, all);
        Fill(_spline, splines?.Spline ?? []);
        Fill(_lp50Taps, bank.Lp50);
    }

    /// <summary>The number of samples in the signal.</summary>
    public int Length { get; private set; }

    /// <summary>The signal as it was given.</summary>
    public ReadOnlySpan<float> Original => new(_whole.Signal.Pointer + _lead, Length);

    /// <summary>The channel below the low cut.</summary>
    public ReadOnlySpan<float> Low => _low.AsSpan(0, Length);

    /// <summary>The low channel before it was rounded to float.</summary>
    public ReadOnlySpan<double> LowExact => new(_whole.Low.Pointer + _lead, Length);

    /// <summary>The channel between the cuts.</summary>
    public ReadOnlySpan<float> Band => _band.AsSpan(0, Length);

    /// <summary>The channel above the high cut.</summary>
    public ReadOnlySpan<float> High => _high.AsSpan(0, Length);

    /// <summary>The number of samples below which a window is filtered alone, because its two ends overlap.</summary>
    public int Shortest => 2 * Piece;

    // The number of samples that decide a window's mended end, rounded up to whole registers.
    private int Piece => ((2 * _bank.Reach) + (2 * Convolution.Overrun)) & ~63;

    private int HighReach => _bank.Lp50.Length / 2;

    /// <summary>Filters a signal of any length into the three channels.</summary>
    public void Filter(ReadOnlySpan<float> signal)
    {
        Length = signal.Length;
        if (_low.Length < Length)
            (_low, _band, _high) = (new float[Length], new float[Length], new float[Length]);
        Take(_whole, signal, Length);
        if (_bank.Splines is not null)
            Smooth(_whole, -SplineReach, Length + SplineReach);
        LowPass(_whole, 0, Length);
        LowPass50(_whole, 0, Length);
        Differences(Original, LowExact, Lp50(_whole, 0, Length), _low, _band, _high);
        GC.KeepAlive(this); // The pointers alone do not keep the buffers alive.
    }

    /// <summary>
    /// Filters the ends of a window again, as far as its own zero padding reaches: <see cref="FirBank.Reach"/> samples of the low and the band
    /// channel, and half the taps of the high cut in the high channel. The samples between are those of the whole signal.
    /// </summary>
    /// <param name="start">The first sample of the window.</param>
    /// <param name="length">The number of samples n in the window, at least <see cref="Shortest"/>.</param>
    /// <param name="x">The window's channels, (4, n) channel-major. Only the ends of low, band and high are written.</param>
    /// <param name="head">Receives the unrounded low channel's first <see cref="FirBank.Reach"/> samples.</param>
    /// <param name="tail">Receives the unrounded low channel's last <see cref="FirBank.Reach"/> samples.</param>
    public void MendEnds(int start, int length, Span<float> x, Span<double> head, Span<double> tail)
    {
        var reach = _bank.Reach;
        var window = Original.Slice(start, length);
        Take(_head, window[..Piece], Piece);
        var from = (length - Piece) & ~7;
        Take(_tail, window[from..], length - from);
        if (_bank.Splines is not null)
        {
            // Away from the window's end, and from the place where the piece was cut off, the smoothed signal is that of the whole signal.
            var inner = (SplineReach + 15) & ~7;
            Smooth(_head, -SplineReach, inner);
            Copy(_head, inner, start + inner, Piece - inner);
            var last = (length - from - inner) & ~7;
            Smooth(_tail, last, length - from + SplineReach);
            Copy(_tail, 0, start + from, last);
        }

        LowPass(_head, 0, reach);
        var outputs = (length - reach - from) & ~7;
        LowPass(_tail, outputs, length - from);
        var (high, end) = (HighReach, length - from);
        LowPass50(_head, 0, high);
        LowPass50(_tail, end - high, end);
        Lp50(_whole, start + high, reach - high).CopyTo(new Span<float>(_head.Lp50.Pointer + _lead + high, reach - high));
        Lp50(_whole, start + length - reach, reach - high).CopyTo(new Span<float>(_tail.Lp50.Pointer + _lead + end - reach, reach - high));
        Low64(_head, 0, reach).CopyTo(head);
        Low64(_tail, length - from - reach, reach).CopyTo(tail);
        Differences(window[..reach], head[..reach], Lp50(_head, 0, reach), x[length..], x[(2 * length)..], x[(3 * length)..]);
        var tailAt = length - reach;
        Differences(
            window[tailAt..],
            tail[..reach],
            Lp50(_tail, end - reach, reach),
            x[(length + tailAt)..],
            x[((2 * length) + tailAt)..],
            x[((3 * length) + tailAt)..]);
        GC.KeepAlive(this);
    }

    /// <summary>Writes the channels of one window of any length.</summary>
    /// <param name="start">The first sample of the window.</param>
    /// <param name="length">The number of samples n in the window.</param>
    /// <param name="x">Receives the channels, (4, n) channel-major.</param>
    /// <param name="lowExact">Receives the n samples of the low channel before they are rounded.</param>
    public void Channels(int start, int length, Span<float> x, Span<double> lowExact)
    {
        var whole = start == 0 && length == Length;
        if (!whole && length < Shortest)
        {
            _alone ??= new ChannelFilter(_bank, _width);
            _alone.Filter(Original.Slice(start, length));
            _alone.Channels(0, length, x, lowExact);
            return;
        }

        Original.Slice(start, length).CopyTo(x);
        Low.Slice(start, length).CopyTo(x[length..]);
        Band.Slice(start, length).CopyTo(x[(2 * length)..]);
        High.Slice(start, length).CopyTo(x[(3 * length)..]);
        LowExact.Slice(start, length).CopyTo(lowExact);
        if (!whole)
            MendEnds(start, length, x, lowExact[.._bank.Reach], lowExact[(length - _bank.Reach)..length]);
        GC.KeepAlive(this);
    }

    private int SplineReach => _bank.Splines!.Spline.Length / 2;

    /// <summary>Copies a signal, or a piece of a window, between the zeros of a buffer.</summary>
    private void Take(Pieces into, ReadOnlySpan<float> samples, int length)
    {
        into.Reserve(_lead + length + _lead);
        into.Length = length;
        var signal = new Span<float>(into.Signal.Pointer + _lead, length + _lead);
        samples.CopyTo(signal);
        signal[length..].Clear();
        var exact = new Span<double>(into.Exact.Pointer + _lead, length + _lead);
        TensorPrimitives.ConvertTruncating<float, double>(samples, exact);
        exact[length..].Clear();
    }

    /// <summary>Smooths the samples <paramref name="from"/> to <paramref name="to"/> with the B-spline, and writes zeros after them.</summary>
    private void Smooth(Pieces of, int from, int to)
    {
        from = RoundDown(from);
        var taps = new Taps<double>(
            of.Exact.Pointer + _lead + from - SplineReach,
            _spline.Pointer,
            _bank.Splines!.Spline.Length,
            1,
            -from + SplineReach,
            of.Length - from + SplineReach);
        Convolution.Run(_width, taps, default, default, of.Smooth.Pointer + _lead + _shift + from, to - from);
        new Span<double>(of.Smooth.Pointer + _lead + _shift + to, of.Length + _lead - to).Clear();
    }

    private void Copy(Pieces into, int at, int from, int count)
    {
        var smooth = new ReadOnlySpan<double>(_whole.Smooth.Pointer + _lead + _shift + from, count);
        smooth.CopyTo(new Span<double>(into.Smooth.Pointer + _lead + _shift + at, count));
    }

    private void LowPass(Pieces of, int from, int to)
    {
        var reach = _bank.Reach;
        var output = of.Low.Pointer + _lead + from;
        var exact = of.Exact.Pointer + _lead + from;
        if (_bank.Splines is not { } splines)
        {
            Convolution.Run(_width, Direct(exact - reach, _taps.Pointer, _bank.Low.Length, of, from - reach), default, default, output, to - from);
            return;
        }

        var at = splines.First - reach;
        var (weights, left, right) = (splines.Weights.Length, splines.Left.Length, splines.Right.Length);
        Convolution.Run(
            _width,
            new Taps<double>(
                of.Smooth.Pointer + _lead + _shift + from + at,
                _taps.Pointer,
                weights,
                SplineTaps.Step,
                -SplineReach - from - at,
                of.Length + SplineReach - from - at),
            Direct(exact - reach, _taps.Pointer + weights, left, of, from - reach),
            Direct(exact + reach + 1 - right, _taps.Pointer + weights + left, right, of, from + reach + 1 - right),
            output,
            to - from);
    }

    private void LowPass50(Pieces of, int from, int to)
    {
        var reach = HighReach;
        Convolution.Run(
            _width,
            Direct(of.Signal.Pointer + _lead + from - reach, _lp50Taps.Pointer, _bank.Lp50.Length, of, from - reach),
            of.Lp50.Pointer + _lead + from,
            to - from);
    }

    // Taps on every sample; the first tap of output 0 meets sample `at` of the piece.
    private static Taps<T> Direct<T>(T* source, T* taps, int count, Pieces of, int at)
        where T : unmanaged => new(source, taps, count, 1, -at, of.Length - at);

    private ReadOnlySpan<double> Low64(Pieces of, int from, int count) => new(of.Low.Pointer + _lead + from, count);

    private ReadOnlySpan<float> Lp50(Pieces of, int from, int count) => new(of.Lp50.Pointer + _lead + from, count);

    private static void Differences(
        ReadOnlySpan<float> original, ReadOnlySpan<double> lowExact, ReadOnlySpan<float> lp50, Span<float> low, Span<float> band, Span<float> high)
    {
        TensorPrimitives.ConvertTruncating(lowExact, low);
        TensorPrimitives.Subtract(lp50, low[..lp50.Length], band);
        TensorPrimitives.Subtract(original, lp50, high);
    }

    private static int RoundDown(int t) => t & ~7;

    private static void Fill<T>(Aligned<T> into, T[] values)
        where T : unmanaged
    {
        into.Reserve(values.Length + 1);
        values.CopyTo(new Span<T>(into.Pointer, values.Length));
    }

    private sealed class Pieces
    {
        public int Length { get; set; }

        public Aligned<float> Signal { get; } = new();

        public Aligned<double> Exact { get; } = new();

        public Aligned<double> Smooth { get; } = new();

        public Aligned<double> Low { get; } = new();

        public Aligned<float> Lp50 { get; } = new();

        public void Reserve(int length)
        {
            Signal.Reserve(length);
            Exact.Reserve(length);
            Smooth.Reserve(length + 8);
            Low.Reserve(length);
            Lp50.Reserve(length);
        }
    }
}
