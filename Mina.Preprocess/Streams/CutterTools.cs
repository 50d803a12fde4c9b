using System.Collections.Concurrent;
using Mina.Preprocess.Beats;

namespace Mina.Preprocess.Streams;

/// <summary>
/// What cutting needs besides the state of a stream: settings, buffers, and the resamplers for each frequency. No result depends on what the
/// buffers held before, so any number of streams may share them, one thread at a time.
/// </summary>
/// <param name="options">The options of all streams that share the tools.</param>
public sealed class CutterTools(CutterOptions options)
{
    // A resampler from an odd frequency takes a megabyte: all tools share them, and there are never many.
    private const int MaxResamplers = 64;
    private static readonly ConcurrentDictionary<double, Resampler> Resamplers = new();

    private readonly Preprocessor _preprocessor = new(options.Settings);
    private readonly float[] _window = new float[Shapes.Window];
    private float[] _buffer = [];

    /// <summary>The options of all streams that share the tools.</summary>
    public CutterOptions Options { get; } = options;

    internal List<float> Fresh { get; } = [];

    internal List<OrderedChunk> Ready { get; } = [];

    /// <summary>Goes on from the state of one stream after the other.</summary>
    internal BeatDetector Detector { get; } = new();

    /// <summary>Makes the segment of a window.</summary>
    /// <param name="window">A window without a fault.</param>
    /// <param name="rows">Receives the segment; the row's start is the window's position.</param>
    /// <param name="row">The row to write, &lt; rows.Count.</param>
    public void Segment(CutWindow window, Segments rows, int row)
    {
        if (window.Samples is not { } samples)
            throw new ArgumentException($"The window at {window.StartSeconds} s has a fault ({window.Fault}) and no segment.", nameof(window));
        Segment(samples, window.Position + Shapes.Window, rows, row);
    }

    /// <summary>Makes the segment of the window that ends at a position. Returns false when it cannot be classified.</summary>
    internal bool Segment(SampleTail samples, long end, Segments rows, int row)
    {
        var window = Window(samples, end);
        if (!Quality.AllFinite(window) || samples.IsFlat(end))
            return false;
        _preprocessor.NormaliseAndCut(window, samples.Statistics(end), rows, row);
        rows.Start[row] = (int)(end - Shapes.Window);
        return true;
    }

    /// <summary>Says why the window that ends at a position cannot be classified, and estimates its heart rate where beats are not looked for.</summary>
    internal (WindowFault Fault, double? HeartRate) Judge(SampleTail samples, long end)
    {
        var window = Window(samples, end);
        var fault = Options.Check(window);
        if (fault == WindowFault.None && samples.IsFlat(end))
            fault = WindowFault.LeadOff;
        return (fault, fault == WindowFault.None && !Options.FindsBeats ? HeartRate.Estimate(window, Shapes.Fs) : null);
    }

    /// <summary>Room for so many samples, until it is asked for again.</summary>
    internal Span<float> Buffer(int length)
    {
        if (_buffer.Length < length)
            _buffer = new float[length];
        return _buffer.AsSpan(0, length);
    }

    /// <summary>The resampler from a frequency to 300 Hz; null for 300 Hz.</summary>
    internal static Resampler? ResamplerFrom(double fs)
    {
        if (fs == Shapes.Fs)
            return null;
        if (Resamplers.TryGetValue(fs, out var resampler))
            return resampler;
        if (Resamplers.Count >= MaxResamplers)
            Resamplers.Clear();
        return Resamplers[fs] = new Resampler(fs, Shapes.Fs);
    }

    private Span<float> Window(SampleTail samples, long end)
    {
        samples.CopyTo(end - Shapes.Window, _window);
        return _window;
    }
}
