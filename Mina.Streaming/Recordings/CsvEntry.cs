using Mina.Preprocess;

namespace Mina.Streaming.Recordings;

/// <summary>A recording in a CSV file.</summary>
internal sealed class CsvEntry(FileSource source, SourceFile file) : FileEntry
{
    public override string Id { get; } = file.Stem;

    public override string Location => source.LocationOf(file.Path);

    public override long Bytes => file.Bytes;

    /// <inheritdoc/>
    public override bool? IsComplete() => null;

    /// <inheritdoc/>
    public override long Stamp() => source.Find(file.Path) is { } now ? HashCode.Combine(now.Bytes, now.Stamp) : -1;

    public override ReadOutcome Read(ReadOptions options)
    {
        try
        {
            return CsvRecording.Read(Id, Location, source.Read(file.Path), options);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or CsvHelper.CsvFormatException)
        {
            return new Rejection(Id, RejectionReason.UnreadableSignal, $"{Location} cannot be read: {e.Message.ReplaceLineEndings(" ")}");
        }
    }
}
