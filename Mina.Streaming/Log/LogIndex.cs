namespace Mina.Streaming.Log;

/// <summary>What is known of the log in memory. Every member needs <see cref="Gate"/> held.</summary>
internal sealed class LogIndex
{
    private readonly Dictionary<string, StreamEntry> _streams = [];
    private readonly Queue<Row> _rows = new();

    /// <summary>Held while anything of this is read or changed.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The journal up to this offset is packed.</summary>
    public long Packed { get; private set; }

    /// <summary>The last offset that is on disk.</summary>
    public long Committed { get; private set; }

    /// <summary>Bytes of the journal's rows that are not packed.</summary>
    public long JournalBytes { get; private set; }

    /// <summary>The first and the last row of the journal that is not packed; null: there is none.</summary>
    public (Row First, Row Last)? Journal => _rows.Count == 0 ? null : (_rows.Peek(), LastRow);

    /// <summary>All streams' names.</summary>
    public IReadOnlyCollection<string> Streams => _streams.Keys;

    private Row LastRow { get; set; }

    /// <summary>What is known of a stream; made where nothing is.</summary>
    public StreamEntry this[string stream]
    {
        get
        {
            if (!_streams.TryGetValue(stream, out var entry))
                _streams.Add(stream, entry = new StreamEntry());
            return entry;
        }
    }

    /// <summary>What is known of a stream, or null.</summary>
    public StreamEntry? Find(string stream) => _streams.GetValueOrDefault(stream);

    /// <summary>Forgets everything, for the log is read again.</summary>
    public void Clear(long packed, long committed)
    {
        _streams.Clear();
        _rows.Clear();
        (Packed, Committed, JournalBytes) = (packed, Math.Max(Committed, committed), 0);
    }

    /// <summary>A row was committed.</summary>
    /// <param name="row">The row.</param>
    /// <param name="streams">Whose chunks it has.</param>
    public void Add(Row row, IEnumerable<string> streams)
    {
        _rows.Enqueue(row);
        LastRow = row;
        JournalBytes += row.Bytes;
        Committed = Math.Max(Committed, row.Last);
        foreach (var stream in streams)
        {
            var rows = this[stream].Rows;
            if (rows.Count == 0 || rows[^1] != row.First)
                rows.Add(row.First);
        }
    }

    /// <summary>The journal was packed up to an offset.</summary>
    public void Pack(long last)
    {
        Packed = last;
        while (_rows.TryPeek(out var row) && row.Last <= last)
            JournalBytes -= _rows.Dequeue().Bytes;
        foreach (var stream in _streams.Values)
        {
            var packed = 0;
            while (packed < stream.Rows.Count && stream.Rows[packed] <= last)
                packed++;
            stream.Rows.RemoveRange(0, packed);
        }
    }

    /// <summary>A row of the journal: its offsets, when its latest chunk arrived (ticks), and its size.</summary>
    public readonly record struct Row(long First, long Last, long Arrived, int Bytes);

    /// <summary>A stream.</summary>
    public sealed class StreamEntry
    {
        /// <summary>Offset of its last chunk; 0: there is none.</summary>
        public long Last { get; set; }

        /// <summary>Offset of its snapshot; 0: there is none.</summary>
        public long Covered { get; set; }

        /// <summary>Its chunks up to this offset were removed.</summary>
        public long Removed { get; set; }

        /// <summary>The step of its samples, a hint.</summary>
        public SampleStep Step { get; set; }

        /// <summary>First offsets of the journal's rows that have chunks of it and are not packed.</summary>
        public List<long> Rows { get; } = [];
    }
}
