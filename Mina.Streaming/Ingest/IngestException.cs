using Mina.Streaming.Shards;

namespace Mina.Streaming.Ingest;

/// <summary>An ingest that cannot go on. The message is one sentence for the user. What the manifest lists stays valid.</summary>
public sealed class IngestException : Exception
{
    public IngestException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>The disk refused while shards were written.</summary>
    internal static IngestException Writing(string output, Exception e) => new(
        $"Writing to {output} failed because {DiskFailure.Explain(e) ?? $"of an error ({e.Message})"}; the shards listed in its {Manifest.FileName} are whole, and the same command goes on from there.", e);

    /// <summary>The output cannot be opened.</summary>
    internal static IngestException Opening(string output, Exception e) => new(
        $"{output} cannot be used for shards because {(File.Exists(output) ? "it is a file" : DiskFailure.Explain(e) ?? $"of an error ({e.Message})")}; choose another output directory.", e);

    /// <summary>The source of recordings failed.</summary>
    internal static IngestException Finding(Exception e) => new(
        $"Looking for recordings failed ({e.Message}); what was finished is kept, and the same command goes on from there.", e);
}
