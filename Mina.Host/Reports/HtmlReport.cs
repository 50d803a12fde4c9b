using Mina.Host.Reports.Components;
using Mina.Model;
using Mina.Streaming.Files;

namespace Mina.Host.Reports;

/// <summary>Writes an evaluation as one self-contained HTML file, which loads no script, font or picture from elsewhere.</summary>
public static class HtmlReport
{
    /// <summary>
    /// Writes the report as a whole or not at all, and creates folders that are missing.
    /// </summary>
    /// <param name="result">The evaluation.</param>
    /// <param name="header">The head of the report.</param>
    /// <param name="path">The file where it ends in <c>.html</c>, and otherwise a folder, in which the file is <c>index.html</c>.</param>
    /// <param name="inspection">Single windows with the network's attention; null shows none.</param>
    /// <returns>The full path of the file.</returns>
    /// <exception cref="Mina.Preprocess.ProblemException">The file cannot be written.</exception>
    public static string Write(EvaluationResult result, ReportHeader header, string path, Inspection? inspection = null)
    {
        var file = Path.GetFullPath(FileOf(path));
        WholeFile.Write(file, Render(result, header, inspection));
        return file;
    }

    /// <summary>The file that a path after <c>--report</c> names.</summary>
    public static string FileOf(string path) =>
        path.EndsWith(".html", StringComparison.OrdinalIgnoreCase) ? path : Path.Combine(path, "index.html");

    /// <summary>Renders the text of the report: HTML that is also well-formed XML.</summary>
    public static string Render(EvaluationResult result, ReportHeader header, Inspection? inspection = null) => ReportRenderer.Render<EvaluationReport>(
        (nameof(EvaluationReport.Result), result), (nameof(EvaluationReport.Header), header), (nameof(EvaluationReport.Inspection), inspection));
}
