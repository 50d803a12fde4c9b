using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Reports;

/// <summary>False positives by what the recording shows.</summary>
internal static class LabelsSection
{
    /// <summary>Rows of one label that are not AF, and how many of them were judged AF.</summary>
    internal sealed record Count(string Label, int Rows, int FalsePositives);

    /// <summary>Normal, Other, Noisy and (where a row has only a class) unlabelled; those without rows are left out.</summary>
    public static IReadOnlyList<Count> CountsOf(ViewMetrics view)
    {
        (string Name, Label? Label)[] shown = [("Normal", Label.Normal), ("Other", Label.Other), ("Noisy", Label.Noisy), ("unlabelled", null)];
        return
        [
            .. shown
                .Select(s =>
                {
                    var rows = Enumerable.Range(0, view.N).Where(i => view.View.Classes[i] == 0 && view.View.Labels[i] == s.Label).ToArray();
                    return new Count(s.Name, rows.Length, rows.Count(i => view.View.Scores[i] >= view.Threshold));
                })
                .Where(c => c.Rows > 0),
        ];
    }

    public static void Write(HtmlWriter html, EvaluationResult result)
    {
        html.Raw("<section><h2>False positives by label</h2><div class=\"three\">");
        for (var i = 0; i < result.Views.Count; i++)
        {
            var view = result.Views[i];
            html.Add($"""<div class="card"><h3><span class="key {ViewStyle.Of(i)}"></span>{view.View.Name}</h3>""");
            html.Raw("<table class=\"labels\"><thead><tr><th>Label</th><th>judged AF</th><th>of</th><th>share</th><th></th></tr></thead><tbody>");
            foreach (var (label, rows, wrong) in CountsOf(view))
            {
                var share = (double)wrong / rows;
                html.Add($"""<tr><th>{label}</th><td>{Numbers.Count(wrong)}</td><td>{Numbers.Count(rows)}</td><td>{Numbers.Percent(share)}</td><td class="meter"><i style="width:{100 * share:0.#}%"></i></td></tr>""");
            }

            html.Raw("</tbody></table></div>");
        }

        html.Raw("</div><p class=\"caption\">Of the rows that are not AF, how many were judged AF, by what the recording shows.</p></section>");
    }
}
