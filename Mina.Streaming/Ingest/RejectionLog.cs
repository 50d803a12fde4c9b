using System.Text;
using Mina.Preprocess;
using Mina.Streaming.Files;

namespace Mina.Streaming.Ingest;

/// <summary>The list of recordings that an ingest did not take: a CSV file of id, reason and message (RFC 4180, UTF-8, LF).</summary>
public static class RejectionLog
{
    /// <summary>Name of the file in the shard directory. It is that of the last run, whole or not there.</summary>
    public const string FileName = "rejections.csv";

    /// <summary>Writes the list in place of the one before.</summary>
    /// <returns>Its path.</returns>
    internal static string Write(IFileStore files, string directory, IEnumerable<Rejection> rejections)
    {
        var text = new StringBuilder("id,reason,message\n");
        foreach (var (id, reason, message) in rejections)
            text.Append(Field(id)).Append(',').Append(reason).Append(',').Append(Field(message)).Append('\n');
        var path = Path.Combine(directory, FileName);
        files.WriteWhole(path, Encoding.UTF8.GetBytes(text.ToString()));
        return path;
    }

    private static string Field(string value) =>
        value.AsSpan().ContainsAny(",\"\r\n") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
}
