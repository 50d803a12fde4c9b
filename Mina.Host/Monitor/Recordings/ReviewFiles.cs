using Mina.Host.Monitor.Reviewing;
using Mina.Streaming.Files;
using Mina.Streaming.Recordings.Formats.Wfdb;

namespace Mina.Host.Monitor.Recordings;

/// <summary>
/// Writes the reviews of recordings as annotations beside them: <c>NAME.atr</c>, or <c>NAME.mina</c> where a person's own annotations have that
/// name. A file that this program has not written is never touched.
/// </summary>
internal sealed class ReviewFiles
{
    private const string Usual = ".atr";
    private const string Own = ".mina";

    private readonly Lock _gate = new();

    /// <summary>Writes what a recording's reviews say now, as a whole or not at all; nothing is left of a file of which nothing counts any more.</summary>
    /// <returns>Why it cannot be written, as the rest of a sentence; null: it is.</returns>
    public string? Write(RecordingStream recording, IReadOnlyList<ReviewStatus> reviews)
    {
        var location = recording.Entry.Location;
        if (!File.Exists(location))
            return "a recording within a .zip has no annotations beside it; its reviews are in the database alone";
        lock (_gate)
        {
            try
            {
                var path = PathOf(location);
                var spans = ReviewLabels.Between(reviews);
                if (spans.Count > 0)
                    WholeFile.Write(path, ReviewLabels.Atr(spans, recording.Status.FirstSample, recording.Status.Fs, recording.Status.LastSample));
                else if (File.Exists(path))
                    File.Delete(path);
                return null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return $"reviews are kept in the database, but not beside {Path.GetFileName(location)} ({e.Message.TrimEnd('.')})";
            }
        }
    }

    /// <summary>The file of a recording's reviews, whether or not it is there yet.</summary>
    /// <exception cref="IOException">What is there cannot be read.</exception>
    public static string PathOf(string recording)
    {
        var usual = Path.ChangeExtension(recording, Usual);
        return IsFree(usual) ? usual : Path.ChangeExtension(recording, Own) is var own && IsFree(own) ? own
            : throw new IOException($"{own} is another program's");
    }

    private static bool IsFree(string path) => !File.Exists(path) || ReviewLabels.IsOurs(WfdbAnnotations.Decode(File.ReadAllBytes(path)));
}
