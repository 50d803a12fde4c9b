using Mina.Model;

namespace Mina.Host.Reports;

/// <summary>ROC and precision-recall curves of the three views.</summary>
internal static class CurvesSection
{
    private static readonly double[] Fifths = [0, 0.2, 0.4, 0.6, 0.8, 1];

    public static void Write(HtmlWriter html, EvaluationResult result)
    {
        html.Raw("<section><h2>Curves</h2><div class=\"two\">");
        html.Raw("<div class=\"card\"><h3>ROC</h3>");
        var roc = new Chart(html, 420, 380, (0, 1), (0, 1)).Begin("ROC curves of the three views")
            .Axes("1 − specificity", "Sensitivity", Fifths, Fifths)
            .Line([(0, 0), (1, 1)], "reference");
        Each(result, (view, style) => roc.Line([.. view.Roc.Select(p => (p.FalsePositiveRate, p.TruePositiveRate))], style));
        Each(result, (view, style) => Operating(roc, view, style, 1 - view.Figures.Specificity, view.Figures.Sensitivity));
        NoteIfEmpty(roc, result.Views.All(v => v.Roc.Length == 0));
        roc.End();
        Legend(html, result, "AUC", f => f.RocAuc);
        html.Raw("</div><div class=\"card\"><h3>Precision and recall</h3>");

        var pr = new Chart(html, 420, 380, (0, 1), (0, 1)).Begin("Precision-recall curves of the three views")
            .Axes("Recall (sensitivity)", "Precision (PPV)", Fifths, Fifths);
        Each(result, (view, _) =>
        {
            if (view.Positives > 0)
                pr.Line([(0, (double)view.Positives / view.N), (1, (double)view.Positives / view.N)], "reference");
        });
        Each(result, (view, style) => pr.Line([.. view.PrecisionRecall.Select(p => (p.Recall, p.Precision))], style));
        Each(result, (view, style) => Operating(pr, view, style, view.Figures.Sensitivity, view.Figures.Ppv));
        NoteIfEmpty(pr, result.Views.All(v => v.PrecisionRecall.Length == 0));
        pr.End();
        Legend(html, result, "AP", f => f.PrAuc);
        html.Add($"""</div></div><p class="caption">Dots: the threshold of {result.Options.ThresholdWords}. Dotted: chance (for precision, each view's share of AF).</p></section>""");
    }

    private static void Each(EvaluationResult result, Action<ViewMetrics, string> draw)
    {
        for (var i = 0; i < result.Views.Count; i++)
            draw(result.Views[i], ViewStyle.Of(i));
    }

    private static void Operating(Chart chart, ViewMetrics view, string style, double x, double y)
    {
        if (!double.IsNaN(x) && !double.IsNaN(y))
            chart.Dot(x, y, 4.5, style, $"{view.View.Name}: {Numbers.Figure(x)}, {Numbers.Figure(y)}");
    }

    private static void NoteIfEmpty(Chart chart, bool empty)
    {
        if (empty)
            chart.Note("No curve: the split does not hold both classes.");
    }

    private static void Legend(HtmlWriter html, EvaluationResult result, string name, Func<Figures, double> of)
    {
        html.Raw("<p class=\"legend\">");
        Each(result, (view, style) => html.Add($"""<span><span class="key {style}"></span>{view.View.Name} <b>{name} {Numbers.Figure(of(view.Figures))}</b></span>"""));
        html.Raw("</p>");
    }
}
