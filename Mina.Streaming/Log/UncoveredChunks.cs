using Microsoft.Data.Sqlite;

namespace Mina.Streaming.Log;

/// <summary>
/// Reads what no snapshot covers, in order of offsets: first segments, group by group, then the journal. A stream's chunks each name the
/// one before, so what is given is the beginning of what was appended, without a hole: a chunk is left out, and every one after it, when one
/// before it is missing.
/// </summary>
/// <param name="db">Nobody may pack the journal meanwhile.</param>
/// <param name="index">Says what is covered, removed and packed.</param>
/// <param name="withoutSnapshot">Streams whose first chunk is taken whatever was before it.</param>
/// <param name="damage">Receives what is missing; null where that is known already.</param>
internal sealed class UncoveredChunks(SqliteConnection db, LogIndex index, IReadOnlySet<string> withoutSnapshot, LogDamage? damage)
{
    private readonly Dictionary<string, long> _last = [];

    /// <summary>A chunk, not decoded yet where it is the journal's.</summary>
    public readonly record struct Item(long Offset, string Stream, LoggedChunk? Chunk, ReadOnlyMemory<byte> Body)
    {
        /// <summary>The chunk itself.</summary>
        public LoggedChunk Decode()
        {
            if (Chunk is not null)
                return Chunk;
            var (arrived, chunk) = JournalRow.ReadBody(Body.Span);
            return new LoggedChunk(Offset, Stream, arrived, chunk);
        }
    }

    /// <summary>Chunks of segments.</summary>
    public IEnumerable<Item> FromSegments()
    {
        var found = new List<(long Id, string Stream, long First, long Last)>();
        long packed;
        lock (index.Gate)
            packed = index.Packed;
        foreach (var (stream, _) in LogTables.Streams(db))
        {
            found.AddRange(db.Rows(
                "SELECT id, first, last FROM segments WHERE stream = $1 AND last > $2 AND last <= $3",
                row => (row.GetInt64(0), stream, row.GetInt64(1), row.GetInt64(2)),
                stream,
                Floor(stream),
                packed));
        }

        found.Sort();
        foreach (var group in GroupsOf(found))
        {
            var chunks = new List<LinkedChunk>();
            foreach (var (id, stream, first, last) in group)
            {
                try
                {
                    var data = db.Rows("SELECT data FROM segments WHERE id = $1", row => row.GetFieldValue<byte[]>(0), id);
                    chunks.AddRange(data.Count == 1 ? Segment.Unpack(stream, first, last, data[0]) : throw new InvalidDataException("a segment is missing"));
                }
                catch (InvalidDataException)
                {
                    damage?.AddChunks(stream);
                }
            }

            chunks.Sort((a, b) => a.Logged.Offset.CompareTo(b.Logged.Offset));
            foreach (var (logged, before) in chunks)
            {
                if (Accepts(logged.Stream, logged.Offset, before))
                    yield return new Item(logged.Offset, logged.Stream, logged, default);
            }
        }
    }

    /// <summary>Chunks of the journal.</summary>
    /// <param name="seen">Called with each row, its offsets, when its last chunk arrived, and the streams in it; null: nobody wants to know.</param>
    public IEnumerable<Item> FromJournal(Action<LogIndex.Row, IEnumerable<string>>? seen = null)
    {
        long cursor;
        lock (index.Gate)
            cursor = index.Packed;
        while (NextRow(cursor) is var (first, data))
        {
            cursor = first;
            if (JournalRow.Read(first, data) is not { } entries)
            {
                damage?.AddCommit();
                continue;
            }

            seen?.Invoke(new LogIndex.Row(first, entries[^1].Offset, ArrivedOf(entries, data), data.Length), entries.Select(entry => entry.Stream));
            foreach (var entry in entries)
            {
                if (entry.Body is { } body && Accepts(entry.Stream, entry.Offset, entry.Before))
                    yield return new Item(entry.Offset, entry.Stream, null, data.AsMemory(body));
                else if (entry.Body is null && entry.Offset > Floor(entry.Stream))
                    damage?.AddChunks(entry.Stream);
            }
        }
    }

    private (long First, byte[] Data)? NextRow(long after)
    {
        const string next = "SELECT first, data FROM journal WHERE first > $1 ORDER BY first LIMIT 1";
        var rows = db.Rows(next, row => (row.GetInt64(0), row.GetFieldValue<byte[]>(1)), after);
        return rows.Count == 0 ? null : rows[0];
    }

    private static long ArrivedOf(List<JournalRow.Entry> entries, byte[] data)
    {
        var whole = entries.FindLast(entry => entry.Body is not null).Body;
        return whole is { } body ? JournalRow.ReadBody(data.AsSpan(body)).Arrived.UtcTicks : 0;
    }

    private List<List<(long Id, string Stream, long First, long Last)>> GroupsOf(List<(long Id, string Stream, long First, long Last)> segments)
    {
        var ends = LogTables.Ends(db);
        return [.. segments.GroupBy(segment => ends.BinarySearch(segment.Last) is var at && at < 0 ? ~at : at).OrderBy(group => group.Key)
            .Select(group => group.ToList())];
    }

    private bool Accepts(string stream, long offset, long before)
    {
        var floor = Floor(stream);
        if (offset <= floor)
            return false;
        if (!_last.TryGetValue(stream, out var last))
            last = withoutSnapshot.Contains(stream) ? before : floor;
        if (before > last)
        {
            damage?.AddChunks(stream);
            return false;
        }

        _last[stream] = offset;
        return true;
    }

    // Chunks up to here do not count.
    private long Floor(string stream)
    {
        lock (index.Gate)
            return index.Find(stream) is { } known ? Math.Max(known.Covered, known.Removed) : 0;
    }
}
