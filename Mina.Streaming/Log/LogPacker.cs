using Microsoft.Data.Sqlite;
using ZstdSharp;

namespace Mina.Streaming.Log;

/// <summary>
/// Turns what is in the journal into segments, about a minute of a stream each. It reads over its own connection and hands rows to the writer
/// in pieces that take it milliseconds. Of a crowded minute it reads the journal several times, for some of the streams each time, so that
/// memory is bounded.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="index">Kept up to date.</param>
/// <param name="writer">Writes the rows.</param>
/// <param name="between">Called between pieces; throws <see cref="OperationCanceledException"/> to stop.</param>
internal sealed class LogPacker(string path, LogIndex index, LogWriter writer, Action between)
{
    /// <summary>Journal bytes that are held at once.</summary>
    private const long PassBytes = 4 << 20;

    /// <summary>Bytes of rows that are written in one transaction.</summary>
    private const int StepBytes = 64 << 10;

    private const int RowsDeletedAtOnce = 16;

    // The chunks of a pass, one after the other: thousands of arrays would outlive the pass, and be collected late.
    private readonly ByteWriter _bodies = new();

    /// <summary>Chunks that could not be read.</summary>
    public long Damaged { get; private set; }

    /// <summary>Packs all that is in the journal now.</summary>
    public void Pack()
    {
        long packed, last;
        long bytes;
        long arrived;
        lock (index.Gate)
        {
            if (index.Journal is not { } journal)
                return;
            (packed, last, bytes, arrived) = (index.Packed, journal.Last.Last, index.JournalBytes, journal.Last.Arrived);
        }

        // What a failure left half done.
        _ = Run(DeleteUnfinished);
        var passes = (int)Math.Min(64, 1 + (bytes / PassBytes));
        for (var pass = 0; pass < passes; pass++)
            PackStreams(packed, last, pass, passes);
        _ = Run(db => Finish(db, last, arrived));
        lock (index.Gate)
            index.Pack(last);
        const string delete = "DELETE FROM journal WHERE first IN (SELECT first FROM journal WHERE first <= $1 ORDER BY first LIMIT $2)";
        while (Run(db => db.Execute(delete, last, RowsDeletedAtOnce)) == RowsDeletedAtOnce)
        {
        }
    }

    /// <summary>Deletes segments of a group that was not finished; the journal still has what is in them.</summary>
    public static int DeleteUnfinished(SqliteConnection db) =>
        db.Execute("DELETE FROM segments WHERE id > $1 AND last > $2", LogTables.LastSegment(db), LogTables.Meta(db, "packed"));

    private void PackStreams(long packed, long last, int pass, int passes)
    {
        using var compressor = new Compressor(Segment.Level);
        var step = new List<Segment>();
        var bytes = 0;
        foreach (var (stream, chunks) in Read(packed, last, pass, passes))
        {
            foreach (var segment in Segment.Pack(stream, chunks.ConvertAll(chunk => Decode(stream, chunk)), compressor))
            {
                step.Add(segment);
                bytes += segment.Data.Length;
                if (bytes < StepBytes)
                    continue;
                Write(step);
                bytes = 0;
            }
        }

        Write(step);
    }

    private Dictionary<string, List<PassChunk>> Read(long packed, long last, int pass, int passes)
    {
        var streams = new Dictionary<string, List<PassChunk>>();
        _bodies.Clear();
        using var db = LogDatabase.OpenReader(path);
        using var command = db.Prepare("SELECT first, data FROM journal WHERE first > $1 AND first <= $2 ORDER BY first", packed, last);
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            var data = rows.Bytes(1);
            if (JournalRow.Read(rows.GetInt64(0), data, pass, passes) is not { } entries)
            {
                // Each pass meets it.
                Damaged += pass == 0 ? 1 : 0;
                continue;
            }

            foreach (var entry in entries)
            {
                if (IsRemoved(entry))
                    continue;
                if (entry.Body is not { } body)
                {
                    Damaged++;
                    continue;
                }

                if (!streams.TryGetValue(entry.Stream, out var chunks))
                    streams.Add(entry.Stream, chunks = []);
                var start = _bodies.Length;
                _bodies.WriteBytes(data[body]);
                chunks.Add(new PassChunk(entry.Offset, entry.Before, start.._bodies.Length));
            }
        }

        return streams;
    }

    private bool IsRemoved(JournalRow.Entry entry)
    {
        lock (index.Gate)
            return index.Find(entry.Stream)?.Removed >= entry.Offset;
    }

    private LinkedChunk Decode(string stream, PassChunk chunk)
    {
        var (arrived, decoded) = JournalRow.ReadBody(_bodies.Written[chunk.Body]);
        return new LinkedChunk(new LoggedChunk(chunk.Offset, stream, arrived, decoded), chunk.Before);
    }

    private void Write(List<Segment> step)
    {
        if (step.Count == 0)
            return;
        Segment[] segments = [.. step];
        step.Clear();
        _ = Run(db => Insert(db, segments));
    }

    private static bool Insert(SqliteConnection db, IReadOnlyList<Segment> segments)
    {
        using var transaction = db.BeginTransaction();
        using var insert = db.Prepare(
            "INSERT INTO segments (stream, start, first, last, data) VALUES ($1, $2, $3, $4, $5)", "", 0L, 0L, 0L, Array.Empty<byte>());
        foreach (var segment in segments)
        {
            insert.Parameters[0].Value = segment.Stream;
            insert.Parameters[1].Value = segment.Start;
            insert.Parameters[2].Value = segment.First;
            insert.Parameters[3].Value = segment.Last;
            insert.Parameters[4].Value = segment.Data;
            insert.ExecuteNonQuery();
            var span = segment.Until - segment.Start;
            if (LogTables.Streams(db, segment.Stream) is not [var (_, longest)] || span > longest)
                LogTables.PutStream(db, segment.Stream, span);
        }

        transaction.Commit();
        return true;
    }

    private static bool Finish(SqliteConnection db, long last, long arrived)
    {
        using var transaction = db.BeginTransaction();
        var before = LogTables.LastSegment(db);
        if (db.Number("SELECT max(id) FROM segments") is var newest && newest > before)
            LogTables.PutGroup(db, new LogTables.Group(last, before + 1, newest, arrived));
        LogTables.PutMeta(db, "packed", last);
        transaction.Commit();
        return true;
    }

    private T Run<T>(Func<SqliteConnection, T> work)
    {
        between();
        return writer.RunAsync(work).GetAwaiter().GetResult();
    }

    // Body is where it lies in the bodies of the pass.
    private readonly record struct PassChunk(long Offset, long Before, Range Body);
}
