using Mina.Host.Evaluation.Recordings;
using Mina.Host.Reports.Components;
using Mina.Streaming.Files;

namespace Mina.Host.Reports;

/// <summary>Writes an evaluation on continuous recordings as one self-contained HTML file.</summary>
internal static class RecordingsPage
{
    /// <summary>Writes the page, as a whole or not at all, where <see cref="HtmlReport.FileOf"/> says.</summary>
    /// <returns>The full path of the file.</returns>
    public static string Write(RecordingsReport report, string path)
    {
        var file = Path.GetFullPath(HtmlReport.FileOf(path));
        WholeFile.Write(file, ReportRenderer.Render<RecordingsSummary>((nameof(RecordingsSummary.Report), report)));
        return file;
    }
}
