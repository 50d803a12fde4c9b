using Mina.Host.Inspections;
using Mina.Host.Reports.Components;
using Mina.Streaming.Files;
using Mina.Streaming.Shards;

namespace Mina.Host.Reports;

/// <summary>What <c>inspect</c> found, as one self-contained page with pictures.</summary>
internal static class InspectionReport
{
    /// <summary>The most recordings that have a picture on the page, each of some 5 kB.</summary>
    public const int MostPictures = 200;

    /// <summary>The most recordings, and the most sentences on what is wrong with them, that the page lists.</summary>
    public const int MostRows = 1000;

    /// <summary>Writes the page of recordings, as a whole or not at all.</summary>
    /// <param name="source">What was inspected, as the user named it.</param>
    /// <param name="recordings">The recordings, those that are to have pictures with them.</param>
    /// <param name="path">The page; see <see cref="HtmlReport.FileOf"/>.</param>
    /// <returns>The full path of the file.</returns>
    public static string Write(string source, IReadOnlyList<RecordingInspection> recordings, string path) =>
        Write(ReportRenderer.Render<InspectionPage>((nameof(InspectionPage.Source), source), (nameof(InspectionPage.Data), recordings)), path);

    /// <summary>Writes the page of shards.</summary>
    /// <inheritdoc cref="Write(string, IReadOnlyList{RecordingInspection}, string)"/>
    public static string Write(ShardSet shards, string path) => Write(ReportRenderer.Render<ShardsPage>((nameof(ShardsPage.Data), shards)), path);

    /// <summary>How many there are of each kind, the most frequent first.</summary>
    public static IReadOnlyList<(string Name, int Count)> CountBy(
        IEnumerable<RecordingInspection> recordings, Func<RecordingInspection, string> kind) =>
        [.. recordings.CountBy(kind).OrderByDescending(one => one.Value).ThenBy(one => one.Key, StringComparer.Ordinal).Select(one => (one.Key, one.Value))];

    private static string Write(string page, string path)
    {
        var file = Path.GetFullPath(HtmlReport.FileOf(path));
        WholeFile.Write(file, page);
        return file;
    }
}
