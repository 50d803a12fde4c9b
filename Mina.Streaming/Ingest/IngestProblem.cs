using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Shards;

namespace Mina.Streaming.Ingest;

/// <summary>The problems that end an ingest. The shards that the manifest lists stay valid.</summary>
internal static class IngestProblem
{
    /// <summary>The problem of a disk that could not be written to.</summary>
    public static ProblemException Writing(string output, Exception e) => new(
        $"Writing to {output} failed because {DiskFailure.Reason(e)}; the shards listed in its {Manifest.FileName} are whole, and the same command goes "
            + $"on from there.", e);

    /// <summary>The problem of an output directory that could not be opened.</summary>
    public static ProblemException Opening(string output, Exception e) => new(
        $"{output} cannot be used for shards because {(File.Exists(output) ? "it is a file" : DiskFailure.Reason(e))}; choose another output directory.", e);

    /// <summary>The problem of a source of recordings that failed.</summary>
    public static ProblemException Finding(Exception e) => new(
        $"Looking for recordings failed ({e.Message}); what was finished is kept, and the same command goes on from there.", e);
}
