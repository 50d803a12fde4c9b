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
        var packed = LogTables.Meta(db, "packed");
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
        var longest = LogTables.Streams(db, stream) is [var (_, found)] ? found : 0;
        using var command = db.Prepare(
            "SELECT first, last, data FROM segments WHERE stream = $1 AND start >= $2 AND start < $3", stream, from.UtcTicks - longest, to.UtcTicks);
        using var reader = command.ExecuteReader();
        while (Next(reader))
        {
            cancel.ThrowIfCancellationRequested();
            List<LinkedChunk> chunks = [];
            try
            {
                chunks = Segment.Unpack(stream, reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2));
            }
            catch (Exception e) when (e is InvalidDataException || LogDatabase.IsDamage(e))
            {
                Damaged++;
            }

            // What is not finished is in the journal too.
            if (chunks.Count == 0 || chunks[^1].Logged.Offset > packed)
                continue;
            foreach (var chunk in chunks)
                yield return chunk.Logged;
        }
    }

    private bool Next(SqliteDataReader reader)
    {
        try
        {
            return reader.Read();
        }
        catch (SqliteException e) when (LogDatabase.IsDamage(e))
        {
            Damaged++;
            return false;
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
