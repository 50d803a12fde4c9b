using Mina.Preprocess;

namespace Mina.Streaming.Recordings;

/// <summary>Something that should have been a recording: reading it says why it is none.</summary>
internal sealed class FaultyEntry(string id, string location, long bytes, RejectionReason reason, string message) : FileEntry
{
    public override string Id => id;

    public override string Location => location;

    public override long Bytes => bytes;

    /// <inheritdoc/>
    public override bool? IsComplete() => false;

    /// <inheritdoc/>
    public override long Stamp() => bytes;

    public override ReadOutcome Read(ReadOptions options) => new Rejection(id, reason, message);
}
