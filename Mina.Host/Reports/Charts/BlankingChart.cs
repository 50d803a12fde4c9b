using Mina.Host.Reports.Drawing;
using Mina.Model;

namespace Mina.Host.Reports.Charts;

/// <summary>Draws how far the probability falls when parts of the signal are blanked, with one row for each kind of part.</summary>
internal static class BlankingChart
{
    private const double Width = 1000, Height = 206, Left = 236, Right = 960, Top = 12, Bottom = 158, FirstRow = 40, RowHeight = 46;

    private static readonly Ink Text = new("y-ink", "#17212b", "ink");
    private static readonly Ink Soft = new("y-soft", "#5c6976", "soft");
    private static readonly Ink Grid = new("y-grid", "#dde3e9", "rule", Stroke: 0.8);
    private static readonly Ink Zero = new("y-zero", "#5c6976", "soft", Stroke: 1);
    private static readonly Ink Attended = new("y-most", "#1668b0", "v0", Stroke: 3);
    private static readonly Ink Elsewhere = new("y-other", "#8fa3b5", "rest", Stroke: 3);

    /// <summary>Draws the chart as inline SVG.</summary>
    public static string Draw(AttentionCheck check)
    {
        var canvas = new SvgCanvas(Width, Height, "Fall of the probability of AF when parts of the signal are blanked");
        Draw(canvas, check);
        return canvas.ToString();
    }

    private static void Draw(SvgCanvas canvas, AttentionCheck check)
    {
        (string Name, MeanInterval Fall, Ink Ink)[] rows =
        [
            (FormattableString.Invariant($"Most attended {100 * check.Share:0} % blanked"), check.Attended, Attended),
            (FormattableString.Invariant($"Random {100 * check.Share:0} % blanked"), check.Random, Elsewhere),
            (FormattableString.Invariant($"Steepest {100 * check.Share:0} % (QRS) blanked"), check.Steepest, Elsewhere),
        ];
        double low = Math.Min(0, rows.Min(row => row.Fall.Lo)), high = Math.Max(0.05, rows.Max(row => row.Fall.Hi));
        var margin = 0.06 * (high - low);
        var scale = new Scale(low - margin, high + margin, Scale.FromZero(high - low, 5).Step);
        double X(double value) => Left + ((Right - Left) * (value - scale.Low) / (scale.High - scale.Low));
        foreach (var tick in scale.Steps(scale.Step))
        {
            canvas.Lines([((X(tick), Top), (X(tick), Bottom))], tick == 0 ? Zero : Grid);
            canvas.Text(X(tick), Bottom + 17, scale.Format(tick), new Lettering(Soft, 12), Anchor.Middle, turned: false);
        }

        canvas.Text((Left + Right) / 2, Height - 8, "Fall of the probability of AF", new Lettering(Soft, 12.5), Anchor.Middle, turned: false);
        for (var i = 0; i < rows.Length; i++)
        {
            var (name, fall, ink) = rows[i];
            var y = FirstRow + (RowHeight * i);
            canvas.Text(Left - 14, y + 4, name, new Lettering(Text, 13), Anchor.End, turned: false);
            canvas.Lines([((X(fall.Lo), y), (X(fall.Hi), y))], ink);
            canvas.Boxes([new Box(X(fall.Value) - 5, y - 8, 10, 16)], ink with { Name = ink.Name + "-mark", Stroke = 0 });
            canvas.Text(
                X(fall.Value), y - 13, FormattableString.Invariant($"{fall.Value:0.000}"), new Lettering(Text, 12.5, Bold: true), Anchor.Middle, turned: false);
        }
    }
}
