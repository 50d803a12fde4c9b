using System.Security.Cryptography;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Recordings.Labels;
using Mina.Streaming.Shards;

namespace Mina.Host.Commands;

/// <summary>Shards as the source of a training run.</summary>
internal sealed class TrainingShards : ITrainingSource
{
    private readonly ShardSet _shards;
    private readonly MotionNoise? _noise;
    private readonly Fold? _leftOut;
    private readonly GroupTable? _groups;

    /// <summary>Takes shards that hold labelled training windows.</summary>
    /// <param name="shards">The shards.</param>
    /// <param name="noise">The motion noise of recipes that have some; null for the others.</param>
    /// <param name="leftOut">The part of the training recordings that is not learned from; null learns from all.</param>
    /// <param name="groups">The group of each recording, which lies in one part; null deals recordings one by one.</param>
    /// <exception cref="ProblemException">The shards hold no training windows, or some without a label.</exception>
    public TrainingShards(ShardSet shards, MotionNoise? noise = null, Fold? leftOut = null, GroupTable? groups = null)
    {
        (_shards, _noise, _leftOut, _groups) = (shards, noise, leftOut, groups);
        var windows = shards.Windows(Split.Train);
        if (windows == 0)
            throw new ProblemException($"{shards.Directory} holds no training windows; ingest with a --split whose first share is above 0.");
        if (shards.Windows(Split.Train, 0) + shards.Windows(Split.Train, 1) != windows)
            throw new ProblemException($"{shards.Directory} holds training windows without a label; training needs labelled recordings.");
        Data = DataOf(shards, leftOut);
    }

    /// <inheritdoc/>
    public PreprocessSettings Settings => _shards.Settings.Preprocess;

    /// <inheritdoc/>
    public TrainingData Data { get; }

    /// <summary>The number of windows that an epoch of the recipe takes.</summary>
    public long WindowsAnEpoch(Recipe recipe) => _shards.Windows(Split.Train, 0) + (_shards.Windows(Split.Train, 1) / recipe.EveryAF);

    /// <inheritdoc/>
    public IEnumerable<SegmentBatch> TrainingBatches(Recipe recipe, long seed, int epoch)
    {
        // A varied window's channels and knowledge are computed from its trace, so its traces alone are read.
        Func<Action<SegmentBatch, int>>? varied = recipe.Augmented ? () => Variation.Create(Settings, recipe, _noise, seed, epoch) : null;
        var batches = _shards.ShuffledBatches(
            Split.Train, recipe.BatchSize, seed, epoch, everyAF: recipe.EveryAF, change: varied, windowsOnly: recipe.Augmented);
        return _leftOut is null ? batches : batches.Where(KeepLearned);
    }

    /// <inheritdoc/>
    public IEnumerable<SegmentBatch> ValidationBatches(int batchSize) => _shards.Batches(Split.Validation, batchSize);

    /// <summary>The marks of the recordings that a model trained on these shards has learned from.</summary>
    public TrainedOn TrainedOn => TrainedOn.Create(
        Data.ManifestHash,
        _shards.InSplit(Split.Train).SelectMany(shard => shard.Recordings).Where(IsLearned).Select(id => TrainedOn.Recording(id)));

    /// <summary>The SHA-256 of the manifest of shards, which holds the hash of each.</summary>
    public static string HashOf(ShardSet shards) =>
        Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(shards.Directory, Manifest.FileName))));

    private bool IsLearned(string id) => _leftOut is null || !_leftOut.Contains(_shards.Settings.Seed, id, _groups?.Find(id));

    /// <summary>Leaves out of a batch what is not learned from, so that it is smaller than the others; whether anything is left.</summary>
    private bool KeepLearned(SegmentBatch batch)
    {
        int[] rows = [.. Enumerable.Range(0, batch.Count).Where(row => IsLearned(batch.RecordingId[row]))];
        batch.Keep(rows);
        return rows.Length > 0;
    }

    private static TrainingData DataOf(ShardSet shards, Fold? leftOut)
    {
        var splits = Enum.GetValues<Split>().Select(split => new SplitCount(
            Splits.NameOf(split), shards.Recordings(split), shards.Windows(split, 0), shards.Windows(split, 1)));
        return new TrainingData(HashOf(shards), splits.ToArray(), leftOut?.ToString() ?? "");
    }
}
