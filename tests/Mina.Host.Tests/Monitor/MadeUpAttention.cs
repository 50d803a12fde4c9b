using Mina.Host.Monitor;
using Mina.Preprocess;

namespace Mina.Host.Tests.Monitor;

/// <summary>Attention as no model gave it: the knowledge itself, as shares. It lies where a model's would: at the beats.</summary>
internal static class MadeUpAttention
{
    public static WindowAttention Make(DateTimeOffset start, float[] window)
    {
        var rows = new Segments();
        rows.Resize(1);
        if (!new Preprocessor(PreprocessSettings.Default).LiveWindow(window.AsSpan(0, Shapes.Window), Shapes.Window, rows, 0))
            return new WindowAttention(
                start, 0.5, Channels(Shapes.Window, _ => 0), Channels(Shapes.SubSegments, _ => 0), [0.25f, 0.25f, 0.25f, 0.25f],
                Channels(Shapes.Window, _ => 0));
        return new WindowAttention(
            start, 0.9,
            Channels(Shapes.Window, i => rows.KBeat[i]), Channels(Shapes.SubSegments, i => rows.KRhythm[i]), [0.21f, 0.06f, 0.64f, 0.09f],
                Channels(Shapes.Window, i => rows.X[i]));
    }

    private static float[][] Channels(int length, Func<int, float> at) =>
        [.. Enumerable.Range(0, Shapes.Channels).Select(c => Enumerable.Range(c * length, length).Select(at).ToArray())];
}
