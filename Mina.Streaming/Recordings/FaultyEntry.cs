using Mina.Preprocess;
using Mina.Streaming.Files;

namespace Mina.Streaming.Recordings;

/// <summary>A file that should have been a recording: reading it gives the reason why it is not one.</summary>
internal sealed class FaultyEntry(string id, string location, long bytes, RejectionReason reason, string message) : RecordingEntry
{
    /// <inheritdoc/>
    public override string Id { get; } = PlainText.Clean(id);

    /// <inheritdoc/>
    public override string Location { get; } = PlainText.Clean(location);

    /// <inheritdoc/>
    public override long Bytes => bytes;

    /// <inheritdoc/>
    public override ReadOutcome Read(ReadOptions options) => new Rejection(Id, reason, PlainText.Clean(message));
}
