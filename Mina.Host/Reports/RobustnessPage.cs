using Mina.Host.Reports.Components;
using Mina.Model;
using Mina.Streaming.Files;

namespace Mina.Host.Reports;

/// <summary>Writes a robustness run as one self-contained HTML file, with curves against strength and the numbers.</summary>
public static class RobustnessPage
{
    /// <summary>Writes the page, as a whole or not at all, to the file that <see cref="HtmlReport.FileOf"/> names.</summary>
    /// <returns>The full path of the file.</returns>
    public static string Write(RobustnessResult result, string path)
    {
        var file = Path.GetFullPath(HtmlReport.FileOf(path));
        WholeFile.Write(file, Render(result));
        return file;
    }

    /// <summary>Renders the text of the page: HTML that is also well-formed XML.</summary>
    public static string Render(RobustnessResult result) => ReportRenderer.Render<RobustnessReport>((nameof(RobustnessReport.Result), result));
}
