using System.Text;
using Mina.Preprocess;
using Mina.Streaming.Shards;

namespace Mina.Streaming.Ingest;

/// <summary><c>rejections.csv</c> beside the shards: what was not taken, and why.</summary>
public static class RejectionFile
{
    /// <summary>Name of the file.</summary>
    public const string Name = "rejections.csv";

    /// <summary>Writes it whole, in place of an earlier run's.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    internal static void Write(IFileStore files, string directory, IEnumerable<Rejection> rejections)
    {
        var text = new StringBuilder("recording_id,reason,message\n");
        foreach (var rejection in rejections)
            text.Append(Quoted(rejection.Id)).Append(',').Append(rejection.Reason).Append(',').Append(Quoted(rejection.Message)).Append('\n');
        files.WriteWhole(Path.Combine(directory, Name), Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static string Quoted(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"")}\"";
}
