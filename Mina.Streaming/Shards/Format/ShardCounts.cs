using Mina.Preprocess;

namespace Mina.Streaming.Shards;

/// <summary>Adds up the counts of manifest lines.</summary>
public static class ShardCounts
{
    /// <summary>The numbers of recordings and segments by label, in the order Normal, AF, Other, Noisy, unlabelled. Labels without any are left out.</summary>
    public static IReadOnlyDictionary<string, LabelCount> ByLabel(IEnumerable<ShardEntry> shards)
    {
        var sums = new Dictionary<string, LabelCount>();
        foreach (var (name, count) in shards.SelectMany(shard => shard.Labels))
        {
            var sum = sums.GetValueOrDefault(name, new LabelCount(0, 0));
            sums[name] = new LabelCount(sum.Recordings + count.Recordings, sum.Windows + count.Windows);
        }

        return Enum.GetNames<Label>().Append(ShardEntry.Unlabelled).Where(sums.ContainsKey).ToDictionary(name => name, name => sums[name]);
    }
}
