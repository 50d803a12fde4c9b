using Microsoft.Data.Sqlite;

namespace Mina.Streaming.Log;

/// <summary>Reads a stream's kept samples: its segments, and its chunks in the journal's last minute.</summary>
internal sealed class SampleReading(SqliteConnection db, LogIndex index, string stream)
{
    /// <summary>Segments and chunks that were left out because they are damaged.</summary>
    public int Damaged { get; private set; }

    /// <summary>Chunks whose samples overlap a range of time, in order of time.</summary>
    public List<SampleChunk> Read(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        long removed;
        long[] rows;
        lock (index.Gate)
        {
            var known = index.Find(stream);
            removed = known?.Removed ?? 0;
            rows = [.. known?.Rows ?? []];
        }

        // One transaction, so that nothing moves from the journal to a segment meanwhile.
        using var transaction = db.BeginTransaction(deferred: true);
        var packed = db.Number("SELECT value FROM meta WHERE key = 'packed'");
        var chunks = new List<LoggedChunk>();
        foreach (var chunk in FromSegments(from, to, packed, cancel).Concat(FromJournal(rows, packed, cancel)))
        {
            if (chunk.Offset > removed && ChunkTime.Overlaps(chunk.Chunk, from, to))
                chunks.Add(chunk);
        }

        return [.. chunks.OrderBy(chunk => chunk.Chunk.FirstSample).ThenBy(chunk => chunk.Offset).Select(chunk => chunk.Chunk)];
    }

    private IEnumerable<LoggedChunk> FromSegments(DateTimeOffset from, DateTimeOffset to, long packed, CancellationToken cancel)
    {
        var longest = db.Number("SELECT longest FROM streams WHERE name = $1", stream);
        using var command = db.Prepare(
            "SELECT first, last, data FROM segments WHERE stream = $1 AND start >= $2 AND start < $3 AND until > $4 AND last <= $5",
            stream,
            from.UtcTicks - longest,
            to.UtcTicks,
            from.UtcTicks,
            packed);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            cancel.ThrowIfCancellationRequested();
            List<LinkedChunk> chunks = [];
            try
            {
                chunks = Segment.Unpack(stream, reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2));
            }
            catch (InvalidDataException)
            {
                Damaged++;
            }

            foreach (var chunk in chunks)
                yield return chunk.Logged;
        }
    }

    private IEnumerable<LoggedChunk> FromJournal(long[] rows, long packed, CancellationToken cancel)
    {
        using var command = db.Prepare("SELECT data FROM journal WHERE first = $1", 0L);
        foreach (var first in rows.Where(first => first > packed))
        {
            cancel.ThrowIfCancellationRequested();
            command.Parameters[0].Value = first;
            var data = command.ExecuteScalar() as byte[];
            if (data is null || JournalRow.Read(first, data) is not { } entries)
            {
                Damaged++;
                continue;
            }

            foreach (var entry in entries.Where(entry => entry.Stream == stream))
            {
                if (entry.Body is not { } body)
                {
                    Damaged++;
                    continue;
                }

                var (arrived, chunk) = JournalRow.ReadBody(data.AsSpan(body));
                yield return new LoggedChunk(entry.Offset, stream, arrived, chunk);
            }
        }
    }
}
