using Mina.Host.Evaluation.Robustness;
using Mina.Model;
using Mina.Streaming.Files;

namespace Mina.Host.Reports;

/// <summary>Robustness as one HTML file that needs nothing else: curves against strength, and the numbers.</summary>
public static class RobustnessPage
{
    /// <summary>Writes the page, as a whole or not at all, where <see cref="HtmlReport.FileOf"/> says.</summary>
    /// <returns>The full path of the file.</returns>
    public static string Write(RobustnessResult result, string path)
    {
        var file = Path.GetFullPath(HtmlReport.FileOf(path));
        WholeFile.Write(file, Render(result));
        return file;
    }

    /// <summary>The page's text: HTML that is also well-formed XML.</summary>
    public static string Render(RobustnessResult result)
    {
        var html = new HtmlWriter();
        html.Raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/><meta name=\"color-scheme\" content=\"light dark\"/><title>Robustness</title><style>");
        html.Raw(ReportStyle.Css).Raw("</style></head><body><header><p class=\"brand\">Mina</p><h1>Robustness against disturbances</h1>");
        html.Add($"<p class=\"subtitle\">{Numbers.Count(result.Windows)} windows ({Numbers.Count(result.Positives)} AF) of {Numbers.Count(result.Recordings)} recordings of the {result.Split} split, seed {result.Seed}</p></header><main>");
        Kind(html, result, DisturbanceKind.Wander, "Baseline wander", "Amplitude (standard deviations)");
        Kind(html, result, DisturbanceKind.Noise, "Noise", "Signal-to-noise ratio (dB)");
        html.Raw("<p class=\"caption\">The disturbance is added to the original channel, the window normalised and preprocessed again. Wander: a sine of 0.05 to 0.5 Hz, amplitude in standard deviations of the recording. Noise: white, by its power against the recording's. Strength grows to the right; each window's disturbance is the same for all models and only scaled. Bars: 95 % intervals, bootstrap over recordings. Dotted: undisturbed. Windows as in the paper's view, in which AF is cut ten times as densely.</p>");
        Table(html, result);
        html.Raw("</main><footer>Figures describe these models on this data. They are no clinical validation.</footer></body></html>\n");
        return html.ToString();
    }

    private static void Kind(HtmlWriter html, RobustnessResult result, DisturbanceKind kind, string title, string axis)
    {
        html.Add($"<section><h2>{title}</h2><div class=\"two\">");
        Figure(html, result, kind, axis, "ROC-AUC", f => f.RocAuc);
        Figure(html, result, kind, axis, "PR-AUC", f => f.PrAuc);
        html.Raw("</div></section>");
    }

    private static void Figure(HtmlWriter html, RobustnessResult result, DisturbanceKind kind, string axis, string name, Func<Figures, double> of)
    {
        var strengths = Condition.All.Where(c => c.Kind == kind).Select(c => c.Strength).ToArray();
        var values = result.Models.SelectMany(m => m.Points).SelectMany(p => new[] { of(p.Metrics.Figures), of(p.Metrics.Ci.Lo) }).Where(double.IsFinite).DefaultIfEmpty(0);
        var bottom = Math.Clamp(Math.Floor((values.Min() - 0.01) * 10) / 10, 0, 0.9);
        // Evenly spaced, as the strengths are chosen: twice as much wander, 6 dB more noise.
        html.Add($"<div class=\"card\"><h3>{name}</h3>");
        var chart = new Chart(html, 420, 300, (-0.4, strengths.Length - 0.6), (bottom, 1)).Begin($"{name} by {axis}")
            .Axes(axis, name, [], Chart.Ticks(bottom, 1), yFormat: "0.00");
        for (var i = 0; i < strengths.Length; i++)
            chart.XTick(i, FormattableString.Invariant($"{strengths[i]:0.#}"));
        for (var m = 0; m < result.Models.Count; m++)
        {
            var style = ViewStyle.Of(m % 3);
            // Side by side, so that intervals do not hide each other.
            var shift = 0.12 * (m - ((result.Models.Count - 1) / 2.0));
            var undisturbed = of(result.Models[m].Points[0].Metrics.Figures);
            if (double.IsFinite(undisturbed))
                chart.Line([(-0.4, undisturbed), (strengths.Length - 0.6, undisturbed)], style + " undisturbed");
            var points = result.Models[m].Points.Where(p => p.Condition.Kind == kind).Select((p, i) => (X: i + shift, Point: p)).Where(p => double.IsFinite(of(p.Point.Metrics.Figures))).ToArray();
            chart.Line([.. points.Select(p => (p.X, of(p.Point.Metrics.Figures)))], style + " solid");
            foreach (var (x, point) in points)
            {
                if (double.IsFinite(of(point.Metrics.Ci.Lo)))
                    chart.Line([(x, of(point.Metrics.Ci.Lo)), (x, of(point.Metrics.Ci.Hi))], style + " solid");
                chart.Dot(x, of(point.Metrics.Figures), 4, style, $"{result.Models[m].Name}, {point.Condition.Words}: {Numbers.Figure(of(point.Metrics.Figures))}");
            }
        }

        chart.End();
        html.Raw("<p class=\"legend\">");
        for (var m = 0; m < result.Models.Count; m++)
            html.Add($"<span><span class=\"key {ViewStyle.Of(m % 3)} solid\"></span>{result.Models[m].Name}</span>");
        html.Raw("</p></div>");
    }

    private static void Table(HtmlWriter html, RobustnessResult result)
    {
        html.Raw("<section><h2>Figures</h2><div class=\"card scroll\"><table class=\"figures\"><thead><tr><th></th>");
        foreach (var model in result.Models)
            html.Add($"<th>{model.Name} ROC-AUC</th><th>PR-AUC</th>");
        html.Raw("</tr></thead><tbody>");
        for (var i = 0; i < Condition.All.Count; i++)
        {
            html.Add($"<tr><th>{Condition.All[i].Words}</th>");
            foreach (var metrics in result.Models.Select(m => m.Points[i].Metrics))
            {
                Cell(metrics, f => f.RocAuc);
                Cell(metrics, f => f.PrAuc);
            }

            html.Raw("</tr>");
        }

        html.Raw("</tbody></table></div></section>");

        void Cell(ViewMetrics metrics, Func<Figures, double> of) =>
            html.Add($"<td><b>{Numbers.Figure(of(metrics.Figures))}</b><small>{Numbers.Figure(of(metrics.Ci.Lo))} – {Numbers.Figure(of(metrics.Ci.Hi))}</small></td>");
    }
}
