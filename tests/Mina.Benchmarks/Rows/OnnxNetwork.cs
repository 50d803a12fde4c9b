using Microsoft.ML.OnnxRuntime;
using Mina.Model;
using Mina.Model.Onnx;
using Mina.Preprocess;

namespace Mina.Benchmarks;

/// <summary>The graphs that <c>mina export</c> writes, in ONNX Runtime on one thread with its usual optimisations.</summary>
internal sealed class OnnxNetwork : IDisposable
{
    private static readonly string[] Logits = ["logits"];

    private readonly RunOptions _run = new();
    private readonly List<OrtValue> _inputs = [];
    private readonly InferenceSession _segment;
    private readonly InferenceSession _window;

    public OnnxNetwork()
    {
        var files = OnnxExport.Encode(Detector.Shipped).ToDictionary(file => file.Item1, file => file.Item2);
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        _segment = new InferenceSession(files[OnnxExport.SegmentName], options);
        _window = new InferenceSession(files[OnnxExport.WindowName], options);
    }

    /// <summary>A step that computes the logits of a batch of segments.</summary>
    public Action Segments(SegmentBatch batch)
    {
        var inputs = new[]
        {
            Input(ByWindow(batch.X, batch.Count), batch.Count, Shapes.Channels, Shapes.Window),
            Input(ByWindow(batch.KBeat, batch.Count), batch.Count, Shapes.Channels, Shapes.Window),
            Input(ByWindow(batch.KRhythm, batch.Count), batch.Count, Shapes.Channels, Shapes.SubSegments),
            Input(ByWindow(batch.KFreq, batch.Count), batch.Count, Shapes.Channels),
        };
        return () => _segment.Run(_run, ["x", "k_beat", "k_rhythm", "k_freq"], inputs, Logits).Dispose();
    }

    /// <summary>A step that computes the logits of normalised windows, (B, 3000).</summary>
    public Action Windows(float[] windows, int count)
    {
        var input = new[] { Input(windows, count, Shapes.Window) };
        return () => _window.Run(_run, ["samples"], input, Logits).Dispose();
    }

    public void Dispose()
    {
        _inputs.ForEach(input => input.Dispose());
        _segment.Dispose();
        _window.Dispose();
        _run.Dispose();
    }

    private OrtValue Input(float[] data, params long[] shape)
    {
        var value = OrtValue.CreateTensorValueFromMemory(data, shape);
        _inputs.Add(value);
        return value;
    }

    /// <summary>The first B rows of each channel, (4, B, n), as (B, 4, n).</summary>
    private static float[] ByWindow(float[] channels, int count)
    {
        var length = channels.Length / (Shapes.Channels * count);
        var result = new float[Shapes.Channels * count * length];
        for (var c = 0; c < Shapes.Channels; c++)
        {
            for (var row = 0; row < count; row++)
                channels.AsSpan(((c * count) + row) * length, length).CopyTo(result.AsSpan(((row * Shapes.Channels) + c) * length));
        }

        return result;
    }
}
