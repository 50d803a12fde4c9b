using System.Reactive.Concurrency;
using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Shards;

namespace Mina.Streaming.Ingest;

/// <summary>Turns a recording into segments. Each thread has an instance of its own.</summary>
/// <param name="recording">The recording, with its label.</param>
/// <param name="rows">Receives the segments.</param>
/// <returns>Null where the recording was taken; otherwise the reason why it was not.</returns>
public delegate Rejection? Segmenter(Recording recording, Segments rows);

/// <summary>The options of an ingest.</summary>
/// <param name="Output">The shard directory.</param>
public sealed record IngestOptions(string Output)
{
    /// <summary>The settings that the shards are made with.</summary>
    public ShardSettings Settings { get; init; } = new();

    /// <summary>
    /// Finds a recording's label by its id, or null where the labels do not name it; then the label in the recording's own header counts.
    /// </summary>
    public Func<string, Label?> LabelOf { get; init; } = _ => null;

    /// <summary>Whether each window gets its label from the rhythm annotations (<see cref="WindowLabels"/>) instead of the recording's label.</summary>
    public bool LabelsFromRhythms { get; init; }

    /// <summary>
    /// Finds a recording's group by its id, or null where it has none; then the subject in the recording's own header counts. All recordings of
    /// one person are one group, and a group lies in one split.
    /// </summary>
    public Func<string, string?> GroupOf { get; init; } = _ => null;

    /// <summary>The ids that the labels name, so that those never found are reported; null reports none.</summary>
    public IReadOnlyCollection<string>? LabelledIds { get; init; }

    /// <summary>
    /// The number of threads that read and preprocess, and of row groups that are encoded at once. One more thread writes. The number does
    /// not change the bytes of the shards.
    /// </summary>
    public int Threads { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 8);

    /// <summary>The largest number of recordings that are read and not yet written; null stands for two more than <see cref="Threads"/>.</summary>
    public int? InFlight { get; init; }

    /// <summary>
    /// The largest number of windows of one recording, 97 KB each, that are in memory at once. A longer recording is cut and written in
    /// pieces, which does not change the bytes of the shards. The default holds any recording of CinC 2017 but the longest with AF.
    /// </summary>
    public int WindowsAtOnce { get; init; } = 256;

    /// <summary>
    /// Whether the source is endless. The open shards are then finished, not discarded, when the run is stopped and whenever no recording has
    /// come for <see cref="Idle"/>, so which recordings share a shard depends on when they came.
    /// </summary>
    public bool Watch { get; init; }

    /// <summary>With <see cref="Watch"/>, the time without a new recording after which the open shards are finished.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Creates a thread's segmenter; null stands for a <see cref="Preprocessor"/> with these settings.</summary>
    public Func<Segmenter>? Segmenter { get; init; }

    /// <summary>The files that shards are written to; null stands for the disk.</summary>
    public IFileStore? Files { get; init; }

    /// <summary>The clock that measures <see cref="Idle"/>; null stands for the real one.</summary>
    public IScheduler? Scheduler { get; init; }
}
