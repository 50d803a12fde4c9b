using Mina.Preprocess;
using Mina.Streaming.Files;

namespace Mina.Streaming.Shards;

/// <summary>
/// A directory of shards for reading. It has the shards that the manifest listed when it was opened, while an <c>ingest</c> may add more.
/// </summary>
/// <remarks>Enumerations are independent of each other and may run on several threads.</remarks>
public sealed class ShardSet
{
    /// <summary>The number of segments that <see cref="ShuffledBatches"/> mixes at once by default: 400 MB.</summary>
    public const int DefaultShuffleWindows = 4096;

    private const int OpenShards = 16;
    private const int BatchesAhead = 4;

    private readonly ShardCheck _check;

    private ShardSet(string directory, ShardSettings settings, IReadOnlyList<ShardEntry> shards)
    {
        _check = new ShardCheck(directory);
        Directory = directory;
        Settings = settings;
        Shards = shards;
    }

    /// <summary>The full path of the directory.</summary>
    public string Directory { get; }

    /// <summary>The settings that the shards were made with.</summary>
    public ShardSettings Settings { get; }

    /// <summary>The shards, in the order in which they were finished.</summary>
    public IReadOnlyList<ShardEntry> Shards { get; }

    /// <summary>Opens a directory that <c>ingest</c> made.</summary>
    /// <param name="directory">The path of the directory.</param>
    /// <param name="verify">Whether to read every shard and compare its SHA-256 with the manifest's at once.</param>
    /// <exception cref="ProblemException">The directory holds no shards, or a listed shard is missing or damaged.</exception>
    public static ShardSet Open(string directory, bool verify = false)
    {
        directory = Path.GetFullPath(directory);
        if (!System.IO.Directory.Exists(directory))
            throw new ProblemException($"{directory} does not exist; make shards with 'mina ingest RAW --out {directory}'.");
        var settings = ReadSettings(directory);
        var (shards, _) = ReadManifest(directory);
        foreach (var shard in shards)
        {
            ShardDirectory.RequireWhole(DiskFiles.Instance, directory, shard);
            if (verify && ShardFiles.FaultOf(directory, shard) is { } fault)
                throw new ProblemException(fault);
        }

        return new ShardSet(directory, settings, shards);
    }

    /// <summary>The settings of a directory that <c>ingest</c> made.</summary>
    /// <exception cref="ProblemException">The directory holds no shards.</exception>
    internal static ShardSettings ReadSettings(string directory)
    {
        var path = Path.Combine(directory, ShardSettings.FileName);
        var settings = ReadOrRefuse(path)
            ?? throw new ProblemException($"{directory} holds no shards (there is no {ShardSettings.FileName}); give the directory that 'mina ingest' wrote.");
        return ShardSettings.FromJson(settings, path);
    }

    /// <summary>Reads the shards that a directory's manifest lists, and whether its last line is torn.</summary>
    /// <exception cref="ProblemException">It is damaged.</exception>
    internal static (IReadOnlyList<ShardEntry> Shards, bool Torn) ReadManifest(string directory)
    {
        var path = Path.Combine(directory, Manifest.FileName);
        var bytes = ReadOrRefuse(path);
        var (shards, whole) = Manifest.Parse(bytes, path);
        return (shards, whole < (bytes?.Length ?? 0));
    }

    /// <summary>The shards of a split.</summary>
    public IEnumerable<ShardEntry> InSplit(Split split) => Shards.Where(shard => shard.Split == split);

    /// <summary>The number of recordings of a split.</summary>
    public long Recordings(Split split) => InSplit(split).Sum(shard => (long)shard.Recordings.Count);

    /// <summary>The number of segments of a split.</summary>
    public long Windows(Split split) => InSplit(split).Sum(shard => (long)shard.Rows);

    /// <summary>The number of segments of a split and class (1 is AF, 0 is not AF), as the manifest has it.</summary>
    public long Windows(Split split, int @class) => InSplit(split).Sum(shard => shard.Windows(@class));

    /// <summary>The numbers of recordings and segments of a split by label, as the manifest has them.</summary>
    public IReadOnlyDictionary<string, LabelCount> Counts(Split split) => ShardCounts.ByLabel(InSplit(split));

    /// <summary>Reads the rows of a split, or of all splits, in the order in which they were written.</summary>
    /// <remarks>A row's numbers are valid until the enumeration continues.</remarks>
    /// <exception cref="ProblemException">While enumerating: a shard is damaged.</exception>
    public IEnumerable<Segment> Rows(Split? split = null)
    {
        using var groups = new SequentialGroups([.. split is { } one ? InSplit(one) : Shards], _check, Settings.Preprocess.Fingerprint);
        var rows = new RowGroup(ShardFormat.RowsPerGroup);
        while (groups.Next(rows))
        {
            for (var i = 0; i < rows.Count; i++)
            {
                yield return new Segment(
                    rows.RecordingId[i], rows.Start[i], rows.Label[i], rows.Fs[i], Numbers(0, i), Numbers(1, i), Numbers(2, i), Numbers(3, i));
            }
        }

        ReadOnlyMemory<float> Numbers(int list, int row)
        {
            var length = ShardSchema.Lists[list].Length;
            return rows.Lists[list].AsMemory(row * length, length);
        }
    }

    /// <summary>Reads the segments of a split in batches, in the order in which they were written; the last batch may be smaller.</summary>
    /// <remarks>
    /// The next batches are filled on another thread while one is in use. A batch is valid until the enumeration continues or ends, after which
    /// its arrays are filled again. Every enumeration starts from the beginning and may be left early.
    /// </remarks>
    /// <exception cref="ProblemException">While enumerating: a shard is damaged.</exception>
    public IEnumerable<SegmentBatch> Batches(Split split, int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        var shards = InSplit(split).ToList();
        var windows = Windows(split);
        return new PrefetchedBatches(
            () => new SequentialBatches(new SequentialGroups(shards, _check, Settings.Preprocess.Fingerprint), windows), batchSize, BatchesAhead);
    }

    /// <summary>
    /// Reads the segments of a split in batches, shuffled across shards: row groups come in random order, and their segments are mixed through a
    /// buffer. Each segment comes once, in an order that depends on the seed, the epoch and the size of the buffer. The last batch may be smaller.
    /// </summary>
    /// <param name="split">The split to read.</param>
    /// <param name="batchSize">The number of segments in a batch.</param>
    /// <param name="seed">The seed of the order.</param>
    /// <param name="epoch">The epoch, each of which has an order of its own.</param>
    /// <param name="shuffleWindows">The number of segments mixed at once, 97 KB each. More of them mix better and take more memory.</param>
    /// <param name="everyAF">
    /// Takes only every k-th window of each AF recording, beginning with another one in each epoch, because windows 50 samples apart are almost the
    /// same; 1 takes all.
    /// </param>
    /// <param name="change">
    /// Creates the function that changes each batch; null leaves batches as they are. It is called once for each enumeration, and the function gets
    /// each batch with its number, from 0, on the thread that fills it.
    /// </param>
    /// <param name="windowsOnly">Whether to read only x, in half the time, for a change that computes the knowledge again.</param>
    /// <inheritdoc cref="Batches" path="/remarks"/>
    /// <exception cref="ProblemException">While enumerating: a shard is damaged.</exception>
    public IEnumerable<SegmentBatch> ShuffledBatches(
        Split split,
        int batchSize,
        long seed,
        int epoch,
        int shuffleWindows = DefaultShuffleWindows,
        int everyAF = 1,
        Func<Action<SegmentBatch, int>>? change = null,
        bool windowsOnly = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(everyAF);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shuffleWindows);
        var shards = InSplit(split).ToList();
        var windows = Windows(split);
        return new PrefetchedBatches(Shuffled, batchSize, BatchesAhead);

        IBatchSource Shuffled()
        {
            var random = SplitMix64.ForEpoch(seed, epoch);
            var lists = windowsOnly ? 1 : ShardSchema.Lists.Length;
            var groups = new ShuffledGroups(shards, _check, Settings.Preprocess.Fingerprint, SplitMix64.ForEpoch((long)random.Next(), epoch), OpenShards);
            IBatchSource source = everyAF == 1
                ? new ShuffleBuffer(groups, windows, (int)Math.Min(shuffleWindows, Math.Max(1, windows)), random, null, lists)
                : new ShuffleBuffer(groups, windows, Math.Max(shuffleWindows, batchSize + ShardFormat.RowsPerGroup), random, Kept, lists);
            return change is null ? source : new TransformedBatches(source, change());
        }

        bool Kept(RowGroup rows, int row) =>
            rows.Label[row] != Label.AF || ((rows.Start[row] / Settings.Preprocess.StrideAF) + epoch) % everyAF == 0;
    }

    private static byte[]? ReadOrRefuse(string path)
    {
        try
        {
            return DiskFiles.Instance.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"{path} cannot be read ({e.Message.TrimEnd('.')}); restore it, or make the shards again.", e);
        }
    }
}
