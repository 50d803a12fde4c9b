using System.Text;
using Mina.Preprocess;
using Mina.Streaming.Files;

namespace Mina.Streaming.Ingest;

/// <summary>The list of recordings that an ingest did not take: a CSV file (UTF-8) of id, reason and message.</summary>
public static class RejectionLog
{
    /// <summary>The name of the file in the shard directory. It holds the rejections of the last run, and is either complete or missing.</summary>
    public const string FileName = "rejections.csv";

    private static readonly string[] Header = ["id", "reason", "message"];

    /// <summary>Writes the list in place of the previous one.</summary>
    /// <returns>The path of the file.</returns>
    internal static string Write(IFileStore files, string directory, IEnumerable<Rejection> rejections)
    {
        using var text = new StringWriter();
        CsvTable.Write(text, Header, rejections.Select(rejection => new object?[] { rejection.Id, rejection.Reason.ToString(), rejection.Message }));
        var path = Path.Combine(directory, FileName);
        files.WriteWhole(path, Encoding.UTF8.GetBytes(text.ToString()));
        return path;
    }
}
