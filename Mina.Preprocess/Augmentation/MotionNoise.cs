namespace Mina.Preprocess;

/// <summary>Recordings of electrode motion noise, from which windows are cut at random, for the variation of training windows.</summary>
public sealed class MotionNoise
{
    private readonly float[][] _stretches;
    private readonly int[] _windowsBefore;

    /// <summary>Takes stretches of noise without a heart beat.</summary>
    /// <param name="stretches">Each with its sampling rate in Hz, in any unit; each is scaled to mean 0 and standard deviation 1.</param>
    /// <exception cref="ProblemException">No stretch is as long as a window, or one is flat or not finite.</exception>
    public MotionNoise(IEnumerable<(double Fs, float[] Samples)> stretches)
    {
        _stretches = [.. stretches.Select(stretch => Scaled(stretch.Fs, stretch.Samples)).Where(x => x.Length > Shapes.Window)];
        if (_stretches.Length == 0)
            throw new ProblemException($"the motion noise holds no stretch of more than {Shapes.Window / Shapes.Fs} s.");
        _windowsBefore = new int[_stretches.Length + 1];
        for (var i = 0; i < _stretches.Length; i++)
            _windowsBefore[i + 1] = _windowsBefore[i] + _stretches[i].Length - Shapes.Window;
    }

    /// <summary>A window of 3000 samples, all of which are equally likely.</summary>
    internal ReadOnlySpan<float> Window(ref SplitMix64 random)
    {
        var at = random.Below(_windowsBefore[^1]);
        var stretch = Array.FindLastIndex(_windowsBefore, before => before <= at);
        return _stretches[stretch].AsSpan(at - _windowsBefore[stretch], Shapes.Window);
    }

    private static float[] Scaled(double fs, float[] samples)
    {
        var x = fs == Shapes.Fs ? [.. samples] : new Resampler(fs, Shapes.Fs).Run(samples);
        var mean = x.Length == 0 ? 0 : x.Average(value => (double)value);
        var deviation = Math.Sqrt(x.Length == 0 ? 0 : x.Average(value => (value - mean) * (value - mean)));
        if (x.Length > 0 && !(deviation > 0 && double.IsFinite(deviation)))
            throw new ProblemException("the motion noise is flat, or holds values that are not finite.");
        return Array.ConvertAll(x, value => (float)((value - mean) / deviation));
    }
}
