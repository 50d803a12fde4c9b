using Mina.Preprocess;

namespace Mina.Streaming.Shards;

/// <summary>
/// Yields the row groups of many shards in random order, with few shards open. The next group is that of a random open shard, which is chosen
/// in proportion to the groups it has left. A shard that is used up makes room for the next one, and the order of shards is random too.
/// </summary>
internal sealed class ShuffledGroups : IRowGroupSource
{
    private readonly IReadOnlyList<ShardEntry> _shards;
    private readonly ShardCheck _check;
    private readonly string _fingerprint;
    private readonly int _openAtMost;
    private readonly int[] _order;
    private readonly int[] _levels = new int[ShardReader.LevelScratch];
    private readonly List<OpenShard> _open = [];
    private SplitMix64 _random;
    private int _nextShard;
    private int _left;

    public ShuffledGroups(IReadOnlyList<ShardEntry> shards, ShardCheck check, string fingerprint, SplitMix64 random, int openAtMost)
    {
        _shards = shards;
        _check = check;
        _fingerprint = fingerprint;
        _random = random;
        _openAtMost = openAtMost;
        _order = Enumerable.Range(0, shards.Count).ToArray();
        _random.Shuffle(_order);
    }

    /// <summary>Reads the next row group.</summary>
    /// <returns>False when all have been read.</returns>
    public bool Next(RowGroup rows)
    {
        while (_open.Count < _openAtMost && _nextShard < _order.Length)
            OpenNext();
        if (_left == 0)
            return false;
        var at = _random.Below(_left);
        var i = 0;
        while (at >= _open[i].Left)
            at -= _open[i++].Left;
        var shard = _open[i];
        shard.Reader.Read(shard.Groups[--shard.Left], rows);
        _left--;
        if (shard.Left == 0)
        {
            shard.Reader.Dispose();
            _open.RemoveAt(i);
        }

        return true;
    }

    public void Dispose()
    {
        foreach (var shard in _open)
            shard.Reader.Dispose();
        _open.Clear();
    }

    private void OpenNext()
    {
        var reader = new ShardReader(_check.PathOf(_shards[_order[_nextShard++]]), _fingerprint, _levels);
        var groups = Enumerable.Range(0, reader.Groups).ToArray();
        _random.Shuffle(groups);
        if (groups.Length == 0)
        {
            reader.Dispose();
            return;
        }

        _left += groups.Length;
        _open.Add(new OpenShard(reader, groups) { Left = groups.Length });
    }

    private sealed class OpenShard(ShardReader reader, int[] groups)
    {
        public ShardReader Reader { get; } = reader;

        public int[] Groups { get; } = groups;

        public int Left { get; set; }
    }
}
