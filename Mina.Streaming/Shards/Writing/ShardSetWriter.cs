using Mina.Preprocess;

namespace Mina.Streaming.Shards;

/// <summary>
/// Writes segments, recording by recording, to the shard that is open for their split. A shard is closed after the recording that fills it, so
/// a recording's segments lie in one shard. Row groups are packed on other threads and written in order. A write blocks while as many as
/// allowed are being packed, and until a shard that it closed is on disk.
/// </summary>
/// <remarks>One thread at a time may use it. Disposing it discards the shards that are open.</remarks>
/// <param name="directory">The directory that the shards are added to.</param>
/// <param name="packers">The largest number of row groups that are encoded at once, about 10 MB each. It changes no byte.</param>
public sealed class ShardSetWriter(ShardDirectory directory, int packers = 1) : IDisposable
{
    private readonly OpenShard?[] _open = new OpenShard?[3];
    private readonly EncodedRowGroup?[] _filling = new EncodedRowGroup?[3];
    private readonly Queue<(OpenShard Shard, EncodedRowGroup Group, Task Encoding)> _packing = new();
    private readonly Stack<EncodedRowGroup> _free = new();

    /// <summary>The size in bytes of the shards that this writer finished and of those that are open.</summary>
    public long Bytes => _finishedBytes + _open.Sum(shard => shard?.Writer.Bytes ?? 0);

    private long _finishedBytes;

    /// <summary>Writes the segments of a recording, or the next part of them.</summary>
    /// <param name="recordingId">The recording's id.</param>
    /// <param name="label">The label; null where unlabelled.</param>
    /// <param name="split">The split that the recording belongs to.</param>
    /// <param name="rows">The segments.</param>
    /// <param name="last">Whether these are the recording's last segments; its shard is closed only after those.</param>
    /// <param name="mayClose">Whether the shard may be closed; false where the next segments belong to the same shard.</param>
    /// <returns>The shard that was closed; null where none was.</returns>
    /// <exception cref="IOException">The disk refuses; what is listed stays valid.</exception>
    public ShardEntry? Write(string recordingId, Label? label, Split split, Segments rows, bool last = true, bool mayClose = true)
    {
        if (rows.Count == 0)
            return null;
        var shard = _open[(int)split] ??= new OpenShard(directory.Begin(split));
        for (var row = 0; row < rows.Count;)
        {
            var group = (_filling[(int)split] ??= Free()).Rows;
            row += group.Take(recordingId, label, directory.Settings.Preprocess.Fs, rows, row);
            if (group.Count == group.Capacity)
                Pack(shard, split);
        }

        shard.Count(recordingId, label, rows.Count, last);
        return last && mayClose && shard.Rows >= directory.Settings.RowsPerShard ? Close(split) : null;
    }

    /// <summary>Finishes the open shards, in the order of the splits, although they are not full.</summary>
    /// <returns>The finished shards.</returns>
    public IReadOnlyList<ShardEntry> CloseAll()
    {
        var closed = new List<ShardEntry>();
        foreach (var split in Enum.GetValues<Split>())
        {
            if (_open[(int)split] is not null)
                closed.Add(Close(split));
        }

        return closed;
    }

    /// <summary>The number of recordings in open shards, which are discarded unless the shards are closed.</summary>
    public int OpenRecordings => _open.Sum(shard => shard?.Recordings.Count ?? 0);

    /// <summary>Discards the shards that are open.</summary>
    public void Dispose()
    {
        foreach (var (_, _, task) in _packing)
            task.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).GetAwaiter().GetResult();
        _packing.Clear();
        foreach (var split in Enum.GetValues<Split>())
        {
            if (_open[(int)split] is not { } shard)
                continue;
            _open[(int)split] = null;
            try
            {
                directory.Discard(shard.Writer, split);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It is not listed, so it does not exist; the next run removes it.
            }
        }
    }

    private EncodedRowGroup Free() => _free.TryPop(out var group) ? group : new EncodedRowGroup(directory.Settings.Preprocess.Fingerprint);

    private void Pack(OpenShard shard, Split split)
    {
        var group = _filling[(int)split]!;
        _filling[(int)split] = null;
        while (_packing.Count >= packers)
            WriteOldest();
        _packing.Enqueue((shard, group, Task.Run(group.Encode)));
    }

    // Writes the oldest group of all shards, so that those of one shard are written in their order.
    private void WriteOldest()
    {
        var (shard, group, task) = _packing.Peek();
        task.GetAwaiter().GetResult();
        shard.Writer.Add(group);
        _packing.Dequeue();
        group.Rows.Count = 0;
        _free.Push(group);
    }

    private ShardEntry Close(Split split)
    {
        var shard = _open[(int)split]!;
        if (_filling[(int)split] is { Rows.Count: > 0 })
            Pack(shard, split);
        while (_packing.Any(packing => packing.Shard == shard))
            WriteOldest();
        var entry = directory.Add(shard.Writer, split, shard.Rows, shard.Recordings, shard.Labels());
        _open[(int)split] = null;
        _finishedBytes += entry.Bytes;
        return entry;
    }

    private sealed class OpenShard(ShardWriter writer)
    {
        private readonly int[] _recordings = new int[Enum.GetValues<Label>().Length + 1];
        private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
        private readonly long[] _windows = new long[Enum.GetValues<Label>().Length + 1];

        public ShardWriter Writer { get; } = writer;

        public int Rows { get; private set; }

        public List<string> Recordings { get; } = [];

        public void Count(string recordingId, Label? label, int rows, bool last)
        {
            Rows += rows;
            var at = label is { } l ? (int)l : _recordings.Length - 1;
            // A live stream's recording comes in pieces, among those of others.
            if (last && _ids.Add(recordingId))
            {
                Recordings.Add(recordingId);
                _recordings[at]++;
            }

            _windows[at] += rows;
        }

        public IReadOnlyDictionary<string, LabelCount> Labels()
        {
            var labels = new Dictionary<string, LabelCount>();
            for (var i = 0; i < _recordings.Length; i++)
            {
                // A recording whose windows have labels of their own is counted under the last of them.
                if (_recordings[i] > 0 || _windows[i] > 0)
                {
                    var name = i < _recordings.Length - 1 ? Preprocess.Labels.NameOf((Label)i) : ShardEntry.Unlabelled;
                    labels[name] = new LabelCount(_recordings[i], _windows[i]);
                }
            }

            return labels;
        }
    }
}
