using Mina.Preprocess;
using Mina.Streaming.Files;

namespace Mina.Host.Commands;

/// <summary>Checks, before long work begins, that its results can be written to where the user wants them.</summary>
internal static class OutputFiles
{
    private const string ReportEnding = ".html";

    /// <summary>Checks the targets of a file (<c>--json</c>, <c>--pdf</c>) and of <c>--report</c>.</summary>
    /// <param name="files">The paths as given; null: nothing is written.</param>
    /// <exception cref="ProblemException">One cannot be written.</exception>
    public static void Require((string? File, string? Report) files)
    {
        if (files.File is { } file)
            WholeFile.RequireWritable(file);
        if (files.Report is not { } report)
            return;
        if (report.EndsWith(ReportEnding, StringComparison.OrdinalIgnoreCase) && !Directory.Exists(report))
            WholeFile.RequireWritable(report);
        else
            WholeFile.RequireWritableFolder(report);
    }
}
