namespace Mina.Streaming.Shards;

/// <summary>The row groups of shards in the order in which they were written.</summary>
internal sealed class SequentialGroups(IReadOnlyList<ShardEntry> shards, ShardCheck check, string fingerprint) : IRowGroupSource
{
    private readonly int[] _levels = new int[ShardReader.LevelScratch];
    private ShardReader? _reader;
    private int _nextShard;
    private int _nextGroup;

    public bool Next(RowGroup rows)
    {
        while (_reader is null || _nextGroup == _reader.Groups)
        {
            _reader?.Dispose();
            _reader = null;
            if (_nextShard == shards.Count)
                return false;
            _reader = new ShardReader(check.PathOf(shards[_nextShard++]), fingerprint, _levels);
            _nextGroup = 0;
        }

        _reader.Read(_nextGroup++, rows);
        return true;
    }

    public void Dispose() => _reader?.Dispose();
}
