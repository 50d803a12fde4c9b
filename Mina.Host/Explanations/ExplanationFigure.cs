using Mina.Host.Reports;
using Mina.Host.Reports.Charts;
using Mina.Host.Reports.Drawing;
using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Explanations;

/// <summary>
/// Draws the picture of an explained window: the four channels on ECG paper, shaded by beat attention, with rhythm attention below and frequency
/// attention beside each channel.
/// </summary>
internal static class ExplanationFigure
{
    /// <summary>The size of the drawing in its units.</summary>
    public const double Width = 1200, Height = 916;

    private const double Left = 76, Right = 1030, Bars = 1050, BarsEnd = 1184;
    private const double Top = 96, RowHeight = 190, TraceHeight = 112, StripHeight = 40;

    private const double Seconds = (double)Shapes.Window / Shapes.Fs;

    private static readonly string[] ChannelNames = ["Original", "Up to 0.5 Hz", "0.5 to 50 Hz", "From 50 Hz"];

    /// <summary>Draws the picture.</summary>
    public static void Draw(ICanvas canvas, WindowExplanation window)
    {
        Title(canvas, window);
        canvas.Text(Bars, Top - 10, "Frequency attention", FigureStyle.Axis);
        var most = window.Attention.Rhythm.Max(rhythm => rhythm.Max());
        var strip = Scale.FromZero(Math.Max(most, 0.05), 2);
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
        var end = window.StartSeconds + Seconds;
        var verdict = window.Finding == Finding.AF ? "AF" : "not AF";
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
        var scale = Scale.Around(samples, 6);
        double Y(double value) => top + (TraceHeight * (scale.High - value) / (scale.High - scale.Low));
        canvas.Boxes([new Box(Left, top, Right - Left, TraceHeight)], FigureStyle.Paper);
        Grid(0.04, scale.Step / 5, FigureStyle.Minor);
        Grid(0.2, scale.Step, FigureStyle.Major);
        Shading(canvas, window.Attention, channel, top);
        canvas.Polyline(Curve.Simplify([.. samples.Select((v, t) => (Across((double)t / Shapes.Fs), Math.Clamp(Y(v), top, top + TraceHeight)))], 0.08),
            FigureStyle.Trace);
        // A number at the edge would run into those of the strip.
        foreach (var v in scale.Steps(scale.Step).Where(v => Y(v) <= top + TraceHeight - 5))
            canvas.Text(Left - 6, Y(v) + 4, scale.Format(v), FigureStyle.Tick, Anchor.End);
        canvas.Text(22, top + (TraceHeight / 2), window.Unit, FigureStyle.Axis, Anchor.Middle, turned: true);

        void Grid(double seconds, double values, Ink ink) => canvas.Lines(
            [
                .. new Scale(window.StartSeconds, window.StartSeconds + Seconds, seconds).Steps(seconds).Select(s => Across(s - window.StartSeconds))
                .Select(x => ((x, top), (x, top + TraceHeight))),
                .. scale.Steps(values).Select(v => ((Left, Y(v)), (Right, Y(v)))),
            ],
            ink);
    }

    private static void Shading(ICanvas canvas, SegmentAttention attention, int channel, double top)
    {
        // The beat attention is weighted by rhythm attention, because it means nothing within a sub-segment that does not count.
        var timesEven = Attentions.OfChannel(attention, channel).Select(a => (double)a * Shapes.Window);
        foreach (var (level, stretches) in FigureStyle.Levels(timesEven))
            canvas.Boxes([.. stretches.Select(s => Between(s.First, s.After))], FigureStyle.Shade(level));

        Box Between(int first, int after)
        {
            var (left, right) = (Across((double)first / Shapes.Fs), Across((double)after / Shapes.Fs));
            return new Box(left, top, right - left, TraceHeight);
        }
    }

    private static void Rhythm(ICanvas canvas, float[] rhythm, Scale scale, double top)
    {
        double Y(double share) => top + (StripHeight * (scale.High - share) / scale.High);
        var width = (Right - Left) / rhythm.Length;
        canvas.Boxes([.. rhythm.Select((share, m) => new Box(Left + (m * width) + 0.5, Y(share), width - 1, top + StripHeight - Y(share)))],
            FigureStyle.Rhythm);
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
        canvas.Text(Bars, middle - (Thick / 2) - 6, share is > 0 and < 0.01f ? "<1 %" : FormattableString.Invariant($"{100 * share:0} %"), FigureStyle.Name);
    }

    private static void Time(ICanvas canvas, WindowExplanation window, double bottom)
    {
        foreach (var s in new Scale(window.StartSeconds, window.StartSeconds + Seconds, 1).Steps(1))
        {
            var x = Across(s - window.StartSeconds);
            canvas.Lines([((x, bottom), (x, bottom + 5))], FigureStyle.Frame);
            canvas.Text(x, bottom + 18, FormattableString.Invariant($"{s:0}"), FigureStyle.Tick, Anchor.Middle);
        }

        canvas.Text((Left + Right) / 2, bottom + 35, "Time from the recording's start (s)", FigureStyle.Axis, Anchor.Middle);
    }

    private static void Legend(ICanvas canvas)
    {
        const double Y = Height - 14, Swatch = 30;
        canvas.Text(Left, Y, "Beat attention, times even", FigureStyle.Small);
        var x = Left + 184;
        canvas.Boxes([new Box(x, Y - 13, Swatch * FigureStyle.ShadeLevels, 18)], FigureStyle.Paper);
        for (var level = 1; level <= FigureStyle.ShadeLevels; level++)
        {
            canvas.Boxes([new Box(x + ((level - 1) * Swatch), Y - 13, Swatch, 18)], FigureStyle.Shade(level));
            canvas.Text(x + ((level - 0.5) * Swatch), Y, FormattableString.Invariant($"{1 << level}"), FigureStyle.Inked, Anchor.Middle);
        }

        x = 500;
        canvas.Boxes([new Box(x, Y - 7, 7, 9), new Box(x + 9, Y - 12, 7, 14), new Box(x + 18, Y - 4, 7, 6)], FigureStyle.Rhythm);
        canvas.Text(x + 33, Y, "Rhythm attention of each 1/6 s", FigureStyle.Small);
        x = 800;
        canvas.Lines([((x, Y - 4), (x + 28, Y - 4))], FigureStyle.Even);
        canvas.Text(x + 36, Y, "Even attention", FigureStyle.Small);
    }

    private static double Across(double seconds) => Left + ((Right - Left) * seconds / Seconds);
}
