using Mina.Host.Reports.Components;
using Mina.Model;
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
    public static string Render(EvaluationResult result, ReportHeader header, Inspection? inspection = null) => ReportRenderer.Render<EvaluationReport>(
        (nameof(EvaluationReport.Result), result), (nameof(EvaluationReport.Header), header), (nameof(EvaluationReport.Inspection), inspection));
}
