using Mina.Host.Reports.Drawing;
using Mina.Model;

namespace Mina.Host.Reports;

/// <summary>Whether the network needs what it attends to: the fall of the probability when that is taken away.</summary>
internal static class AttentionSection
{
    private const double Width = 1000, Height = 206, Left = 236, Right = 960, Bottom = 158;

    private static readonly Ink Text = new("y-ink", "#17212b", "ink");
    private static readonly Ink Soft = new("y-soft", "#5c6976", "soft");
    private static readonly Ink Grid = new("y-grid", "#dde3e9", "rule", Stroke: 0.8);
    private static readonly Ink Zero = new("y-zero", "#5c6976", "soft", Stroke: 1);
    private static readonly Ink Attended = new("y-most", "#1668b0", "v0", Stroke: 3);
    private static readonly Ink Elsewhere = new("y-other", "#8fa3b5", "rest", Stroke: 3);

    public static void Write(HtmlWriter html, Inspection inspection)
    {
        if (inspection.Check is not { } check)
            return;
        html.Raw("<section><h2>Does the network need what it looks at?</h2><div class=\"card\">");
        var canvas = new SvgCanvas(Width, Height, "Fall of the probability of AF when parts of the signal are blanked");
        Draw(canvas, check);
        html.Raw(canvas.ToString());
        html.Add($"<p class=\"facts\"><span>Windows <b>{Numbers.Count(check.Windows)}</b> of <b>{Numbers.Count(check.Recordings)}</b> AF recordings</span><span>Mean probability before <b>{check.Before.Value:0.000}</b></span><span>Most attended less random <b>{check.Difference.Value:0.000}</b> ({check.Difference.Lo:0.000} to {check.Difference.Hi:0.000})</span></p></div>");
        html.Add($"<p class=\"caption\">How far the probability of AF falls when {100 * check.Share:0} % of an AF window is replaced by straight lines and preprocessed again: the most attended samples (all three attentions multiplied), stretches of the same lengths at random places (mean of {check.Draws} draws), or the samples where the trace is steepest, which are the QRS complexes of all beats. Lines: 95 % intervals, bootstrap over recordings. Attention that means something makes the first fall larger than the second.</p></section>");
    }

    private static void Draw(ICanvas canvas, AttentionCheck check)
    {
        (string Name, MeanInterval Fall, Ink Ink)[] rows =
        [
            (FormattableString.Invariant($"Most attended {100 * check.Share:0} % blanked"), check.Most, Attended),
            (FormattableString.Invariant($"Random {100 * check.Share:0} % blanked"), check.Random, Elsewhere),
            (FormattableString.Invariant($"Steepest {100 * check.Share:0} % (QRS) blanked"), check.Steepest, Elsewhere),
        ];
        double low = Math.Min(0, rows.Min(r => r.Fall.Lo)), high = Math.Max(0.05, rows.Max(r => r.Fall.Hi));
        var scale = new Scale(low - (0.06 * (high - low)), high + (0.06 * (high - low)), Scale.From0(high - low, 5).Step);
        double X(double value) => Left + ((Right - Left) * (value - scale.Low) / (scale.High - scale.Low));
        foreach (var tick in scale.Steps(scale.Step))
        {
            canvas.Lines([((X(tick), 12), (X(tick), Bottom))], tick == 0 ? Zero : Grid);
            canvas.Text(X(tick), Bottom + 17, scale.Words(tick), new Lettering(Soft, 12), Anchor.Middle);
        }

        canvas.Text((Left + Right) / 2, Height - 8, "Fall of the probability of AF", new Lettering(Soft, 12.5), Anchor.Middle);
        for (var i = 0; i < rows.Length; i++)
        {
            var (name, fall, ink) = rows[i];
            var y = 40 + (46 * i);
            canvas.Text(Left - 14, y + 4, name, new Lettering(Text, 13), Anchor.End);
            canvas.Lines([((X(fall.Lo), y), (X(fall.Hi), y))], ink);
            canvas.Boxes([new Box(X(fall.Value) - 5, y - 8, 10, 16)], ink with { Name = ink.Name + "-mark", Stroke = 0 });
            canvas.Text(X(fall.Value), y - 13, FormattableString.Invariant($"{fall.Value:0.000}"), new Lettering(Text, 12.5, Bold: true), Anchor.Middle);
        }
    }
}
