using System.Reactive.Concurrency;
using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Shards;

namespace Mina.Streaming.Ingest;

/// <summary>Turns a recording into segments; null, or why it is not taken. One instance a thread.</summary>
public delegate Rejection? Segmenter(Recording recording, Segments rows);

/// <summary>What an ingest is to do.</summary>
/// <param name="Output">The shard directory.</param>
public sealed record IngestOptions(string Output)
{
    /// <summary>What the shards are made with.</summary>
    public ShardSettings Settings { get; init; } = new();

    /// <summary>A recording's label by its id; null: the labels do not name it. What the recording itself says comes second.</summary>
    public Func<string, Label?> LabelOf { get; init; } = _ => null;

    /// <summary>Whether windows are labelled by the rhythm annotations of their recording (<see cref="WindowLabels"/>) instead of by a label of it.</summary>
    public bool LabelsFromRhythms { get; init; }

    /// <summary>A recording's group by its id (one person, one group, one split); null: none. What the recording itself says comes second.</summary>
    public Func<string, string?> GroupOf { get; init; } = _ => null;

    /// <summary>The ids that the labels name, to report those never found; null: not asked.</summary>
    public IReadOnlyCollection<string>? LabelledIds { get; init; }

    /// <summary>
    /// Threads that read and preprocess, and row groups that are packed at once; one thread more writes. Their number
    /// changes no byte.
    /// </summary>
    public int Threads { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 8);

    /// <summary>Recordings that are read and not yet written, at most; null: two more than threads.</summary>
    public int? InFlight { get; init; }

    /// <summary>
    /// Windows of one recording that are in memory at once, at most (97 KB each): a longer recording is cut and written in
    /// pieces. Changes no byte. The default holds any recording of CinC 2017 but the longest with AF.
    /// </summary>
    public int WindowsAtOnce { get; init; } = 256;

    /// <summary>
    /// The source is endless: when it is stopped the open shards are finished, not discarded; and also whenever nothing
    /// has come for <see cref="Idle"/>. Which recordings share a shard then depends on when they came.
    /// </summary>
    public bool Watch { get; init; }

    /// <summary>In a watch: how long nothing comes before the open shards are finished, so that data is not held back.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Makes a thread's segmenter; null: a <see cref="Preprocessor"/> of the settings.</summary>
    public Func<Segmenter>? Segmenter { get; init; }

    /// <summary>Where files are; null: on the disk.</summary>
    public IFileStore? Files { get; init; }

    /// <summary>The clock of <see cref="Idle"/>; null: the real one.</summary>
    public IScheduler? Scheduler { get; init; }
}
