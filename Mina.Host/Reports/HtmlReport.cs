using Mina.Host.Evaluation;
using Mina.Streaming.Files;

namespace Mina.Host.Reports;

/// <summary>An evaluation as one HTML file that needs nothing else: no script, no font, no picture from elsewhere.</summary>
public static class HtmlReport
{
    /// <summary>
    /// Writes the report, as a whole or not at all, and makes the folders that are missing.
    /// </summary>
    /// <param name="result">What to report.</param>
    /// <param name="header">What it is about.</param>
    /// <param name="path">The file, where it ends in <c>.html</c>; else a folder, which gets <c>index.html</c>.</param>
    /// <param name="inspection">Single windows and what the network looked at; null: not shown.</param>
    /// <returns>The full path of the file.</returns>
    /// <exception cref="Mina.Preprocess.ProblemException">The file cannot be written.</exception>
    public static string Write(EvaluationResult result, ReportHeader header, string path, Inspection? inspection = null)
    {
        var file = Path.GetFullPath(FileOf(path));
        WholeFile.Write(file, Render(result, header, inspection));
        return file;
    }

    /// <summary>The file that a REPORT path names.</summary>
    public static string FileOf(string path) =>
        path.EndsWith(".html", StringComparison.OrdinalIgnoreCase) ? path : Path.Combine(path, "index.html");

    /// <summary>The report's text: HTML that is also well-formed XML.</summary>
    public static string Render(EvaluationResult result, ReportHeader header, Inspection? inspection = null)
    {
        var html = new HtmlWriter();
        html.Raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/><meta name=\"color-scheme\" content=\"light dark\"/>");
        html.Add($"<title>{header.Title}</title><style>").Raw(ReportStyle.Css).Raw("</style></head><body><header>");
        html.Add($"<p class=\"brand\">Mina</p><h1>{header.Title}</h1>");
        if (header.Subtitle is { } subtitle)
            html.Add($"<p class=\"subtitle\">{subtitle}</p>");
        html.Raw("</header><main>");
        Summary(html, result);
        html.Raw("<section class=\"two facts-of\">");
        Facts(html, "Model", header.Model);
        Facts(html, "Data", header.Data);
        html.Raw("</section>");
        FiguresSection.WriteTable(html, result);
        CurvesSection.Write(html, result);
        FiguresSection.WriteConfusion(html, result);
        CalibrationSection.Write(html, result);
        LabelsSection.Write(html, result);
        if (inspection is not null)
            AttentionSection.Write(html, inspection);
        TrainingSection.Write(html, header.History);
        if (inspection is not null)
            TypicalSection.Write(html, inspection);
        MistakesSection.Write(html, result);
        html.Raw("</main><footer>Figures describe this model on this data. They are no clinical validation.</footer></body></html>\n");
        return html.ToString();
    }

    private static void Summary(HtmlWriter html, EvaluationResult result)
    {
        var view = result.Recording;
        html.Raw("<section class=\"tiles\">");
        Tile("ROC-AUC", view.Figures.RocAuc, view.Ci.Lo.RocAuc, view.Ci.Hi.RocAuc);
        Tile("Sensitivity", view.Figures.Sensitivity, view.Ci.Lo.Sensitivity, view.Ci.Hi.Sensitivity);
        Tile("Specificity", view.Figures.Specificity, view.Ci.Lo.Specificity, view.Ci.Hi.Specificity);
        Tile("F1", view.Figures.F1, view.Ci.Lo.F1, view.Ci.Hi.F1);
        html.Raw("</section>");
        html.Add($"""<p class="caption tiles-caption">Per recording: {Numbers.Count(view.N)} recordings, {Numbers.Count(view.Positives)} with AF, judged AF from a mean probability of {result.Options.Thresholds.Recording:0.###} on; 95 % intervals.</p>""");

        void Tile(string name, double value, double lo, double hi)
        {
            html.Add($"""<div class="card tile"><span>{name}</span><b>{Numbers.Figure(value)}</b>""");
            if (!double.IsNaN(lo) && !double.IsNaN(hi))
                html.Add($"<small>{Numbers.Figure(lo)} – {Numbers.Figure(hi)}</small>");
            html.Raw("</div>");
        }
    }

    private static void Facts(HtmlWriter html, string title, IReadOnlyList<KeyValuePair<string, string>> facts)
    {
        if (facts.Count == 0)
            return;
        html.Add($"""<div class="card"><h2>{title}</h2><dl class="pairs">""");
        foreach (var (key, value) in facts)
            html.Add($"<dt>{key}</dt><dd>{value}</dd>");
        html.Raw("</dl></div>");
    }
}
