using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mina.Preprocess;

/// <summary>Taps at a stride, and the source that they are applied to: output t is the sum of taps[k] * source[t + k * stride].</summary>
/// <param name="source">The sample at which output 0 meets tap 0.</param>
/// <param name="taps">The taps.</param>
/// <param name="count">The number of taps.</param>
/// <param name="stride">The number of samples from one tap to the next.</param>
/// <param name="from">The source is 0 before this sample, counted from <paramref name="source"/>, so those products are left out.</param>
/// <param name="to">The source is 0 from this sample on.</param>
internal readonly unsafe struct Taps<T>(T* source, T* taps, int count, int stride, int from, int to)
    where T : unmanaged
{
    public T* Source { get; } = source;

    public T* Values { get; } = taps;

    public int Count { get; } = count;

    public int Stride { get; } = stride;

    private int From { get; } = from;

    private int To { get; } = to;

    /// <summary>The range of taps that meet more than zeros in the outputs t to t + width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (int First, int Last) Meeting(int t, int width) =>
        (Math.Clamp((From - t - width + Stride) / Stride, 0, Count), Math.Clamp((To - t + Stride - 1) / Stride, 0, Count));
}

/// <summary>
/// Convolutions that compute many outputs at once in registers. Each output is summed tap by tap in the same order wherever it lies.
/// </summary>
internal static unsafe class Convolution
{
    /// <summary>Up to this many outputs beyond those asked for may be overwritten.</summary>
    public const int Overrun = 128;

    private const int Tile = 8;

    /// <summary>The register widths that this processor has, widest first.</summary>
    public static int[] Widths { get; } =
        Vector512.IsHardwareAccelerated ? [512, 256, 128] : Vector256.IsHardwareAccelerated ? [256, 128] : [128];

    /// <summary>
    /// Computes output[t] for t in [0, count), adding the products of a's taps in order, then b's, then c's. Output and source must not overlap.
    /// Every width of <see cref="Widths"/> gives the same bits.
    /// </summary>
    public static void Run(int width, in Taps<double> a, in Taps<double> b, in Taps<double> c, double* output, int count)
    {
        switch (width)
        {
            case 512: Tiles<Lanes512, Vector512<double>, double>(a, b, c, output, count); break;
            case 256: Tiles<Lanes256, Vector256<double>, double>(a, b, c, output, count); break;
            default: Tiles<Lanes128, Vector128<double>, double>(a, b, c, output, count); break;
        }
    }

    /// <summary>Computes output[t] for t in [0, count), adding the products of a's taps in order.</summary>
    public static void Run(int width, in Taps<float> a, float* output, int count)
    {
        switch (width)
        {
            case 512: Tiles<Lanes512, Vector512<float>, float>(a, default, default, output, count); break;
            case 256: Tiles<Lanes256, Vector256<float>, float>(a, default, default, output, count); break;
            default: Tiles<Lanes128, Vector128<float>, float>(a, default, default, output, count); break;
        }
    }

    private static void Tiles<TLanes, TVector, T>(in Taps<T> a, in Taps<T> b, in Taps<T> c, T* output, int count)
        where TLanes : ILanes<TVector, T>
        where TVector : struct
        where T : unmanaged
    {
        var step = TLanes.Count;
        for (var t = 0; t < count; t += Tile * step)
        {
            TVector v0 = default, v1 = default, v2 = default, v3 = default, v4 = default, v5 = default, v6 = default, v7 = default;
            for (var part = 0; part < 3; part++)
            {
                ref readonly var taps = ref part == 0 ? ref a : ref part == 1 ? ref b : ref c;
                if (taps.Count == 0)
                    continue;
                var (first, last) = taps.Meeting(t, Tile * step);
                var stride = taps.Stride;
                var from = taps.Source + t + ((nint)first * stride);
                var tap = taps.Values;
                for (var k = first; k < last; k++)
                {
                    var all = TLanes.All(tap[k]);
                    v0 = TLanes.Fma(TLanes.Load(from), all, v0);
                    v1 = TLanes.Fma(TLanes.Load(from + step), all, v1);
                    v2 = TLanes.Fma(TLanes.Load(from + (2 * step)), all, v2);
                    v3 = TLanes.Fma(TLanes.Load(from + (3 * step)), all, v3);
                    v4 = TLanes.Fma(TLanes.Load(from + (4 * step)), all, v4);
                    v5 = TLanes.Fma(TLanes.Load(from + (5 * step)), all, v5);
                    v6 = TLanes.Fma(TLanes.Load(from + (6 * step)), all, v6);
                    v7 = TLanes.Fma(TLanes.Load(from + (7 * step)), all, v7);
                    from += stride;
                }
            }

            var to = output + t;
            TLanes.Store(to, v0);
            TLanes.Store(to + step, v1);
            TLanes.Store(to + (2 * step), v2);
            TLanes.Store(to + (3 * step), v3);
            TLanes.Store(to + (4 * step), v4);
            TLanes.Store(to + (5 * step), v5);
            TLanes.Store(to + (6 * step), v6);
            TLanes.Store(to + (7 * step), v7);
        }
    }
}
