namespace Mina.Preprocess;

/// <summary>
/// Varies the windows of a training batch and computes their segments again, so that whatever is added passes through the filters and into the
/// knowledge as it would in a recording. The variations are a function of (key, row) alone. Each thread needs an instance of its own.
/// </summary>
/// <param name="settings">How segments are made.</param>
/// <param name="augmentation">What is varied.</param>
/// <param name="motionNoise">Recordings of electrode motion noise; null adds none.</param>
public sealed class Augmenter(PreprocessSettings settings, Augmentation augmentation, MotionNoise? motionNoise = null)
{
    private static readonly double[] MainsHz = [50, 60];

    private readonly Preprocessor _preprocessor = new(settings);
    private readonly Segments _rows = new();
    private readonly float[] _window = new float[Shapes.Window];
    private readonly float[] _source = new float[Shapes.Window];

    /// <summary>Varies a batch in place; its classes, labels, ids and starts stay as they are.</summary>
    /// <param name="batch">B segments; channel 0 of each holds the normalised trace, shape (B, 3000).</param>
    /// <param name="key">Decides the variations, together with the row of each segment.</param>
    public void Apply(SegmentBatch batch, long key)
    {
        _rows.Resize(1);
        for (var row = 0; row < batch.Count; row++)
        {
            batch.X.AsSpan(row * Shapes.Window, Shapes.Window).CopyTo(_window);
            var random = SplitMix64.ForRow(key, row);
            // Motion noise has random numbers of its own, so that it does not change the other variations.
            var motionRandom = SplitMix64.ForRow(~key, row);
            Vary(_window, ref random, ref motionRandom);
            _preprocessor.Segment(_window, _rows, 0);
            batch.Set(row, _rows, 0);
        }
    }

    private void Vary(Span<float> window, ref SplitMix64 random, ref SplitMix64 motionRandom)
    {
        // Every number is drawn whether it is used or not, so that a change of one chance does not change the other variations.
        var left = Amplitude(augmentation.StretchChance, augmentation.Stretch, ref random);
        var from = random.Uniform();
        if (left > 0)
            Stretch(window, from * left * (window.Length - 1), 1 - left);
        var factor = Math.Exp(augmentation.Gain * random.Normal()) * (random.Uniform() < augmentation.Inversion ? -1 : 1);
        var wander = Amplitude(augmentation.WanderChance, augmentation.Wander, ref random);
        var (wanderHz, wanderPhase) = (0.05 + (0.65 * random.Uniform()), 2 * Math.PI * random.Uniform());
        var mains = Amplitude(augmentation.MainsChance, augmentation.Mains, ref random);
        var (mainsHz, mainsPhase) = (MainsHz[random.Uniform() < 0.5 ? 0 : 1], 2 * Math.PI * random.Uniform());
        var noise = Amplitude(augmentation.NoiseChance, augmentation.Noise, ref random);
        var motion = motionNoise is null ? 0 : Amplitude(augmentation.MotionChance, augmentation.Motion, ref motionRandom);
        var moved = motion > 0 ? motionNoise!.Window(ref motionRandom) : default;
        // In a recording, the additions would be part of the standard deviation that it is normalised by.
        factor /= Math.Sqrt(1 + (wander * wander / 2) + (mains * mains / 2) + (noise * noise) + (motion * motion));
        for (var t = 0; t < window.Length; t++)
        {
            var v = (double)window[t];
            if (wander > 0)
                v += wander * Math.Sin((2 * Math.PI * wanderHz * t / Shapes.Fs) + wanderPhase);
            if (mains > 0)
                v += mains * Math.Sin((2 * Math.PI * mainsHz * t / Shapes.Fs) + mainsPhase);
            if (noise > 0)
                v += noise * random.Normal();
            if (motion > 0)
                v += motion * moved[t];
            window[t] = (float)(factor * v);
        }
    }

    /// <summary>Replaces window[t] by the window's value at from + step * t, interpolated by cubic convolution (Keys 1981).</summary>
    private void Stretch(Span<float> window, double from, double step)
    {
        window.CopyTo(_source);
        var last = window.Length - 1;
        for (var t = 0; t < window.Length; t++)
        {
            var at = from + (step * t);
            var i = Math.Min((int)at, last - 1);
            var u = (float)(at - i);
            float a = _source[Math.Max(i - 1, 0)], b = _source[i], c = _source[i + 1], d = _source[Math.Min(i + 2, last)];
            window[t] = b + (0.5f * u * (c - a + (u * ((2 * a) - (5 * b) + (4 * c) - d + (u * ((3 * (b - c)) + d - a))))));
        }
    }

    private static double Amplitude(double chance, double largest, ref SplitMix64 random)
    {
        var (hit, share) = (random.Uniform() < chance, random.Uniform());
        return hit ? share * largest : 0;
    }
}
