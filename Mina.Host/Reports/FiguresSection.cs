using Mina.Host.Evaluation;
using Mina.Model;

namespace Mina.Host.Reports;

/// <summary>The table of figures, and the confusion matrices.</summary>
internal static class FiguresSection
{
    private static readonly (string Name, Func<Figures, double> Of, double? Published)[] Rows =
    [
        ("ROC-AUC", f => f.RocAuc, Published.RocAuc),
        ("PR-AUC", f => f.PrAuc, Published.PrAuc),
        ("F1", f => f.F1, Published.F1),
        ("Sensitivity", f => f.Sensitivity, null),
        ("Specificity", f => f.Specificity, null),
        ("PPV", f => f.Ppv, null),
        ("Accuracy", f => f.Accuracy, null),
    ];

    public static void WriteTable(HtmlWriter html, EvaluationResult result)
    {
        html.Raw("<section><h2>Figures</h2><div class=\"card scroll\"><table class=\"figures\"><thead><tr><th></th>");
        for (var i = 0; i < result.Views.Count; i++)
        {
            html.Add($"""<th><span class="key {ViewStyle.Of(i)}"></span>{result.Views[i].View.Name}</th>""");
            if (i == 0)
                html.Raw("<th class=\"published\">published</th>");
        }

        html.Raw("</tr></thead><tbody>");
        foreach (var (name, of, published) in Rows)
        {
            html.Add($"<tr><th>{name}</th>");
            for (var i = 0; i < result.Views.Count; i++)
            {
                WriteCell(html, result.Views[i], of, i, i == 0 ? published : null);
                if (i == 0)
                    html.Add($"""<td class="published">{(published is { } p ? Numbers.Figure(p) : "")}</td>""");
            }

            html.Raw("</tr>");
        }

        Counts(html, result, "n", v => v.N);
        Counts(html, result, "of these AF", v => v.Positives);
        html.Raw("</tbody></table></div>");
        html.Add($"""<p class="caption">Beneath each figure its 95 % interval ({result.Options.Resamples:N0} bootstrap resamples of recordings), drawn on a scale from 0 to 1; the tick is the published figure. AF is judged from a probability of {result.Options.ThresholdWords} on. Published: Hong et al., MINA, IJCAI 2019, table 2, comparable with the paper view alone.</p>""");
        html.Raw("<dl class=\"views\">");
        for (var i = 0; i < result.Views.Count; i++)
            html.Add($"""<div><dt><span class="key {ViewStyle.Of(i)}"></span>{result.Views[i].View.Name}</dt><dd>{ViewStyle.Meaning(result.Views[i].View.Name)}</dd></div>""");
        html.Raw("</dl></section>");
    }

    public static void WriteConfusion(HtmlWriter html, EvaluationResult result)
    {
        html.Raw("<section><h2>Confusion</h2><div class=\"three\">");
        for (var i = 0; i < result.Views.Count; i++)
        {
            var view = result.Views[i];
            var c = view.Confusion;
            html.Add($"""<div class="card"><h3><span class="key {ViewStyle.Of(i)}"></span>{view.View.Name} <small>{Numbers.Count(view.N)} {ViewStyle.Rows(view.View.Name)}</small></h3>""");
            html.Raw("<table class=\"confusion\"><thead><tr><th></th><th>judged AF</th><th>judged not AF</th></tr></thead><tbody>");
            Row("AF", (c.TruePositives, "good", "true positives"), (c.FalseNegatives, "bad", "false negatives"));
            Row("not AF", (c.FalsePositives, "bad", "false positives"), (c.TrueNegatives, "good", "true negatives"));
            html.Raw("</tbody></table></div>");
        }

        html.Raw("</div><p class=\"caption\">Rows are the truth; percentages are of the row.</p></section>");

        void Row(string truth, (int N, string Style, string Name) a, (int N, string Style, string Name) b)
        {
            double all = a.N + b.N;
            html.Add($"<tr><th>{truth}</th>");
            foreach (var cell in (ReadOnlySpan<(int N, string Style, string Name)>)[a, b])
            {
                var share = all == 0 ? double.NaN : cell.N / all;
                html.Add($"""<td class="{cell.Style}" style="--share:{(double.IsNaN(share) ? 0 : share):0.###}"><b>{Numbers.Count(cell.N)}</b><span>{Numbers.Percent(share)}</span><small>{cell.Name}</small></td>""");
            }

            html.Raw("</tr>");
        }
    }

    private static void WriteCell(HtmlWriter html, ViewMetrics view, Func<Figures, double> of, int place, double? published)
    {
        double value = of(view.Figures), lo = of(view.Ci.Lo), hi = of(view.Ci.Hi);
        html.Add($"<td><b>{Numbers.Figure(value)}</b>");
        if (!double.IsNaN(lo) && !double.IsNaN(hi))
        {
            html.Add($"""<small>{Numbers.Figure(lo)} – {Numbers.Figure(hi)}</small><svg class="interval" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><path class="rail" d="M0 4H100"/><path class="span {ViewStyle.Of(place)}" d="M{100 * lo} 4H{Math.Max(100 * hi, (100 * lo) + 0.5)}"/>""");
            if (published is { } p)
                html.Add($"""<path class="mark" d="M{100 * p} 0V8"/>""");
            html.Raw("</svg>");
        }

        html.Raw("</td>");
    }

    private static void Counts(HtmlWriter html, EvaluationResult result, string name, Func<ViewMetrics, int> of)
    {
        html.Add($"""<tr class="counts"><th>{name}</th>""");
        for (var i = 0; i < result.Views.Count; i++)
            html.Add($"<td>{Numbers.Count(of(result.Views[i]))}</td>").Raw(i == 0 ? "<td class=\"published\"></td>" : "");
        html.Raw("</tr>");
    }
}
