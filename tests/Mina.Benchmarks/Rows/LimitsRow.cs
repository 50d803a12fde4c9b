using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Mina.Model;
using Mina.Preprocess;

namespace Mina.Benchmarks;

/// <summary>What one core of this machine can do at most, and how near the rows come to it; all in one process, in turn.</summary>
internal static class LimitsRow
{
    /// <summary>Multiply-adds of a window, forwards (issue of the network: 10.8 million).</summary>
    private const double Forward = 10.8e6;

    private const int Size = 128;
    private const int Rounds = 15;

    public static IEnumerable<Comparison> Run(Options options)
    {
        var weights = NetworkCatalog.Default.InitialWeights(1);
        using var engine = NetworkCatalog.Default.CreateInference(weights);
        using var trainer = NetworkCatalog.Default.CreateTraining();
        var batch = Batches.Random(Size);
        var logits = new float[2 * Size];
        var mask = Enumerable.Repeat(1f, Size * NetworkCatalog.Default.DropoutFeatures).ToArray();
        var gradients = new float[NetworkCatalog.Default.Layout.Count];
        var (large, small) = (new Copy(64 << 20), new Copy(96 << 10));
        var multiplyAdds = 0.0;
        var figures = Measure.Rates(
            1,
            3,
            Rounds,
            ("arithmetic", () => multiplyAdds = MultiplyAdds()),
            ("copy, memory", large.Run),
            ("copy, cache", small.Run),
            ("inference", () => engine.Run(batch, logits, null)),
            ("training", () => trainer.Backward(weights, batch, Recipe.Hw4.Loss, null, mask, gradients, SingleThread.Workers)));
        var (peak, memory, cache) = (figures[0].Value * multiplyAdds, figures[1].Value * large.Bytes, figures[2].Value * small.Bytes);
        yield return new Comparison(
            "this core's limits: multiply-adds of floats",
            "G/s",
            true,
            null,
            "",
            [Figure.From("in registers, independent", [peak / 1e9])],
            $"{(Vector512.IsHardwareAccelerated ? 512 : 256)}-bit fused multiply-adds in 16 independent chains; medians of {Rounds}, each limit and "
                + $"each engine in turn");
        yield return new Comparison(
            "this core's limits: copying",
            "GB/s",
            true,
            null,
            "",
            [Figure.From("64 MB to 64 MB", [memory / 1e9]), Figure.From("96 KB to 96 KB", [cache / 1e9])],
            "bytes read and bytes written, added up");
        yield return new Comparison(
            "share of the arithmetic limit, 1 thread",
            "%",
            true,
            null,
            "",
            [
                Share("inference, batch 128", figures[3].Value * Size * Forward, peak),
                Share("training step, batch 128", figures[4].Value * Size * 3 * Forward, peak),
            ],
            "10.8 million multiply-adds a window forwards, thrice that for a training step; what exponentials, divisions and the LSTM's order of steps "
                + "cost counts as not reached");
        if (options.Recordings is not { } raw)
            yield break;
        var recordings = PreprocessRow.First(raw);
        var preprocessor = new Preprocessor(PreprocessSettings.Default);
        var rows = new Segments();
        List<Figure> arithmetic = [], moved = [];
        foreach (var (name, label) in new[] { ("class 0", Label.Normal), ("class 1", Label.AF) })
        {
            var windows = 0;
            var rate = Measure.Rates(1, 5, 2 * Rounds, ("", () => windows = PreprocessRow.Pass(preprocessor, recordings, rows, label)))[0].Value * windows;
            var samples = (double)recordings.Sum(recording => (long)recording.Samples.Length) / windows;
            arithmetic.Add(Share($"preprocess, {name}", rate * WindowWork(samples), peak));
            // Each float of a segment is read where the stretch keeps it and written to its row.
            moved.Add(Share(
                $"preprocess, {name}",
                rate * 2 * sizeof(float) * ((2 * Shapes.XLength) + Shapes.RhythmLength + Shapes.Channels),
                label == Label.AF ? memory : cache));
        }

        yield return new Comparison(
            "share of the arithmetic limit, preprocess",
            "%",
            true,
            null,
            "",
            arithmetic,
            "multiply-adds of the filters as they are applied; one in double counts as two");
        yield return new Comparison(
            "share of the copying limit, preprocess",
            "%",
            true,
            null,
            "",
            moved,
            "each number of a segment read once and written once, nothing else: within the cache at class 0, whose recordings' segments fit it, through "
                + "memory at class 1, whose do not; what both rows leave is normalising, knowledge and the checks");
    }

    private static Figure Share(string name, double used, double limit) => Figure.From(name, [100 * used / limit]);

    /// <summary>Multiply-adds of floats that a window's filters take: of the recording's samples a window, and of its own ends.</summary>
    private static double WindowWork(double samplesAWindow)
    {
        var bank = new FirBank(PreprocessSettings.Default);
        var (lp50, splines) = (bank.Lp50.Length, bank.Splines!);
        double ends = splines.Left.Length + splines.Right.Length, whole = splines.Spline.Length + splines.Weights.Length + ends;
        // At an end three quarters of the taps meet samples, of the last ones half are all zeros.
        var mended = 2 * bank.Reach * ((0.75 * splines.Weights.Length) + (ends / 2));
        return (samplesAWindow * ((2 * whole) + lp50)) + (2 * mended) + (lp50 / 2 * 2 * 0.75 * lp50);
    }

    private static double MultiplyAdds()
    {
        const int times = 1_000_000;
        if (Vector512.IsHardwareAccelerated)
        {
            Sink = Vector512.Sum(Chains512(times, Vector512.Create(0.5f)));
            return 16.0 * Vector512<float>.Count * times;
        }

        Sink = Vector256.Sum(Chains256(times, Vector256.Create(0.5f)));
        return 12.0 * Vector256<float>.Count * times;
    }

    // Whatever is computed must end somewhere, or the JIT computes nothing.
    private static float Sink { get; set; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<float> Chains512(int times, Vector512<float> x)
    {
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x, m = x, n = x, o = x, p = x;
        for (var t = 0; t < times; t++)
        {
            (a, b, c, d) = (Fma(a, x), Fma(b, x), Fma(c, x), Fma(d, x));
            (e, f, g, h) = (Fma(e, x), Fma(f, x), Fma(g, x), Fma(h, x));
            (i, j, k, l) = (Fma(i, x), Fma(j, x), Fma(k, x), Fma(l, x));
            (m, n, o, p) = (Fma(m, x), Fma(n, x), Fma(o, x), Fma(p, x));
        }

        return a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Fma(Vector512<float> a, Vector512<float> x) => Vector512.FusedMultiplyAdd(a, x, x);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector256<float> Chains256(int times, Vector256<float> x)
    {
        Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var t = 0; t < times; t++)
        {
            (a, b, c, d) = (Fma(a, x), Fma(b, x), Fma(c, x), Fma(d, x));
            (e, f, g, h) = (Fma(e, x), Fma(f, x), Fma(g, x), Fma(h, x));
            (i, j, k, l) = (Fma(i, x), Fma(j, x), Fma(k, x), Fma(l, x));
        }

        return a + b + c + d + e + f + g + h + i + j + k + l;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Fma(Vector256<float> a, Vector256<float> x) => Vector256.FusedMultiplyAdd(a, x, x);

    /// <summary>Copies of one size, as many as move a quarter of a gigabyte.</summary>
    private sealed class Copy(int size)
    {
        private readonly byte[] _from = new byte[size];
        private readonly byte[] _to = new byte[size];
        private readonly int _times = Math.Max(1, (128 << 20) / size);

        public double Bytes => 2.0 * _times * _from.Length;

        public void Run()
        {
            for (var i = 0; i < _times; i++)
                _from.AsSpan().CopyTo(_to);
        }
    }
}
