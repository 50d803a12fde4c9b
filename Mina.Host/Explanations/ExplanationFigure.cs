using Mina.Host.Reports;
using Mina.Host.Reports.Drawing;
using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Explanations;

/// <summary>
/// A window's picture: the four channels on ECG paper, shaded by beat attention, with rhythm attention beneath and frequency
/// attention beside each.
/// </summary>
internal static class ExplanationFigure
{
    /// <summary>Units of the drawing.</summary>
    public const double Width = 1200, Height = 930;

    private const double Left = 84, Right = 1040, Bars = 1066, BarsEnd = 1184;
    private const double Top = 92, RowHeight = 194, TraceHeight = 116, StripHeight = 34;

    private static readonly string[] ChannelNames = ["Original", "Up to 0.5 Hz", "0.5 to 50 Hz", "From 50 Hz"];

    /// <summary>Draws it.</summary>
    public static void Draw(ICanvas canvas, WindowExplanation window)
    {
        Title(canvas, window);
        canvas.Text(Bars, Top - 10, "Frequency attention", FigureStyle.Small);
        var most = window.Attention.Rhythm.Max(rhythm => rhythm.Max());
        var strip = Scale.From0(Math.Max(most, 0.05), 2);
        for (var c = 0; c < Shapes.Channels; c++)
        {
            var top = Top + (c * RowHeight);
            canvas.Text(Left, top - 10, ChannelNames[c], FigureStyle.Name);
            Trace(canvas, window, c, top);
            Rhythm(canvas, window.Attention.Rhythm[c], strip, top + TraceHeight + 4);
            Frequency(canvas, window.Attention.Frequency[c], top + (TraceHeight / 2));
        }

        Time(canvas, window, Top + (3 * RowHeight) + TraceHeight + 4 + StripHeight);
        Legend(canvas);
    }

    private static void Title(ICanvas canvas, WindowExplanation window)
    {
        var end = window.StartSeconds + (Shapes.Window / Shapes.Fs);
        var verdict = window.Verdict == Verdict.AF ? "AF" : "not AF";
        canvas.Text(Left, 30, FormattableString.Invariant($"{window.RecordingId}, {window.StartSeconds:0.##} to {end:0.##} s"), FigureStyle.Title);
        canvas.Text(BarsEnd, 30, $"Probability of AF {Numbers.Probability(window.Attention.Probability)}: {verdict}", FigureStyle.Title, Anchor.End);
        var known = window.Label is { } label ? $"Labelled {label}. " : "";
        var why = window.Why is { } reason ? $"{char.ToUpperInvariant(reason[0])}{reason[1..]}." : "";
        canvas.Text(Left, 50, known + why, FigureStyle.Small);
        canvas.Text(BarsEnd, 50, FormattableString.Invariant($"AF from {window.Threshold:0.###} on"), FigureStyle.Small, Anchor.End);
    }

    private static void Trace(ICanvas canvas, WindowExplanation window, int channel, double top)
    {
        var samples = window.Channels[channel];
        var scale = Scale.Of(samples, 4);
        double Y(double value) => top + (TraceHeight * (scale.High - value) / (scale.High - scale.Low));
        canvas.Boxes([new Box(Left, top, Right - Left, TraceHeight)], FigureStyle.Paper);
        Shading(canvas, window.Attention, channel, top);
        var small = Enumerable.Range(0, 251).Select(i => Across(i * 0.04)).ToArray();
        canvas.Lines([.. small.Where((_, i) => i % 5 != 0).Select(x => ((x, top), (x, top + TraceHeight))), .. scale.Steps(scale.Step / 5).Select(v => ((Left, Y(v)), (Right, Y(v))))], FigureStyle.Minor);
        canvas.Lines([.. small.Where((_, i) => i % 5 == 0).Select(x => ((x, top), (x, top + TraceHeight))), .. scale.Steps(scale.Step).Select(v => ((Left, Y(v)), (Right, Y(v))))], FigureStyle.Major);
        canvas.Polyline(Curve.Simplify([.. samples.Select((v, t) => (Across((double)t / Shapes.Fs), Y(v)))], 0.15), FigureStyle.Trace);
        foreach (var v in scale.Steps(scale.Step))
            canvas.Text(Left - 6, Y(v) + 4, scale.Words(v), FigureStyle.Tick, Anchor.End);
        canvas.Text(24, top + (TraceHeight / 2), window.Unit, FigureStyle.Axis, Anchor.Middle, turned: true);
    }

    private static void Shading(ICanvas canvas, SegmentAttention attention, int channel, double top)
    {
        var beat = attention.Beat[channel];
        foreach (var (level, boxes) in FigureStyle.Levels(beat.Select(a => (double)a * Shapes.SubSegment)))
            canvas.Boxes([.. boxes.Select(b => new Box(Across((double)b.First / Shapes.Fs), top, Across((double)b.After / Shapes.Fs) - Across((double)b.First / Shapes.Fs), TraceHeight))], FigureStyle.Shade(level));
    }

    private static void Rhythm(ICanvas canvas, float[] rhythm, Scale scale, double top)
    {
        double Y(double share) => top + (StripHeight * (scale.High - share) / scale.High);
        var width = (Right - Left) / rhythm.Length;
        canvas.Boxes([.. rhythm.Select((share, m) => new Box(Left + (m * width) + 0.5, Y(share), width - 1, top + StripHeight - Y(share)))], FigureStyle.Rhythm);
        canvas.Lines([((Left, Y(1.0 / rhythm.Length)), (Right, Y(1.0 / rhythm.Length)))], FigureStyle.Even);
        canvas.Lines([((Left, top + StripHeight), (Right, top + StripHeight))], FigureStyle.Frame);
        canvas.Text(Left - 6, top + 9, FormattableString.Invariant($"{100 * scale.High:0.#} %"), FigureStyle.Tick, Anchor.End);
        canvas.Text(Left - 6, top + StripHeight, "0", FigureStyle.Tick, Anchor.End);
    }

    private static void Frequency(ICanvas canvas, float share, double middle)
    {
        const double Thick = 20;
        canvas.Boxes([new Box(Bars, middle - (Thick / 2), BarsEnd - Bars, Thick)], FigureStyle.Rail);
        canvas.Boxes([new Box(Bars, middle - (Thick / 2), (BarsEnd - Bars) * share, Thick)], FigureStyle.Rhythm);
        var even = Bars + ((BarsEnd - Bars) / Shapes.Channels);
        canvas.Lines([((even, middle - (Thick / 2) - 3), (even, middle + (Thick / 2) + 3))], FigureStyle.Even);
        canvas.Text(Bars, middle - (Thick / 2) - 6, FormattableString.Invariant($"{100 * share:0} %"), FigureStyle.Name);
    }

    private static void Time(ICanvas canvas, WindowExplanation window, double bottom)
    {
        for (var s = 0; s <= Shapes.Window / Shapes.Fs; s++)
        {
            canvas.Lines([((Across(s), bottom), (Across(s), bottom + 5))], FigureStyle.Frame);
            canvas.Text(Across(s), bottom + 18, FormattableString.Invariant($"{window.StartSeconds + s:0.##}"), FigureStyle.Tick, Anchor.Middle);
        }

        canvas.Text((Left + Right) / 2, bottom + 36, "Time (s)", FigureStyle.Axis, Anchor.Middle);
    }

    private static void Legend(ICanvas canvas)
    {
        const double Y = Height - 16, Swatch = 14;
        var x = Left;
        canvas.Boxes([new Box(x, Y - 11, Swatch * FigureStyle.ShadeLevels, 14)], FigureStyle.Paper);
        for (var level = 1; level <= FigureStyle.ShadeLevels; level++)
            canvas.Boxes([new Box(x + ((level - 1) * Swatch), Y - 11, Swatch, 14)], FigureStyle.Shade(level));
        canvas.Text(x + (Swatch * FigureStyle.ShadeLevels) + 8, Y, FormattableString.Invariant($"Beat attention, up to {FigureStyle.Darkest} times even"), FigureStyle.Small);
        x = 470;
        canvas.Boxes([new Box(x, Y - 7, 8, 10), new Box(x + 10, Y - 11, 8, 14), new Box(x + 20, Y - 4, 8, 7)], FigureStyle.Rhythm);
        canvas.Text(x + 36, Y, "Rhythm attention of each sixth of a second", FigureStyle.Small);
        x = 860;
        canvas.Lines([((x, Y - 4), (x + 28, Y - 4))], FigureStyle.Even);
        canvas.Text(x + 36, Y, "Even attention", FigureStyle.Small);
    }

    private static double Across(double seconds) => Left + ((Right - Left) * seconds * Shapes.Fs / Shapes.Window);
}
