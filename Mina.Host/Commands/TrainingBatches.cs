using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Shards;

namespace Mina.Host.Commands;

/// <summary>What <c>train</c> trains on.</summary>
internal static class TrainingBatches
{
    /// <summary>An epoch's batches, varied where the recipe says so; the same seed and epoch, the same batches.</summary>
    public static IEnumerable<SegmentBatch> Of(ShardSet shards, Recipe recipe, long seed, int epoch)
    {
        // The augmenter makes channels and knowledge anew from each window's trace.
        return shards.ShuffledBatches(Split.Train, recipe.BatchSize, seed, epoch, everyAF: recipe.EveryAF, change: recipe.Augmented ? Varied : null, windowsOnly: recipe.Augmented);

        Action<SegmentBatch, int> Varied()
        {
            var augmenter = new Augmenter(shards.Settings.Preprocess, Augmentation.Default);
            // Far from one another for all seeds, epochs and batches.
            return (batch, number) => augmenter.Apply(batch, unchecked((seed * 1_000_003) + epoch) * 1_000_003 + number);
        }
    }
}
