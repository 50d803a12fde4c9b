using Microsoft.Data.Sqlite;

namespace Mina.Host.Monitor.Store.Sqlite;

/// <summary>
/// Moves verdicts that are no longer new from rows of their own into blocks of some ten minutes of a stream, a few streams at a time, so
/// that the writer is held for milliseconds. What is written again later is merged with what is packed.
/// </summary>
internal static class VerdictPacker
{
    /// <summary>Rows in a block, at most.</summary>
    public const int MaxRows = 1024;

    private const int StreamsAtOnce = 8;
    private const int RowsAtOnce = 4 * MaxRows;

    // Packing begins once the oldest row is as old as the sum of these, and goes up to rows that are as old as the second.
    private static readonly TimeSpan BlockLength = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LeftUnpacked = TimeSpan.FromMinutes(5);

    // A block that spans a long silence would be read for nothing by whoever asks for the silence.
    private static readonly long LongestGap = TimeSpan.FromHours(1).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Packs some streams.</summary>
    /// <param name="writer">The only connection that writes.</param>
    /// <param name="now">The server's clock.</param>
    /// <param name="after">Streams after this name, in order of their names; changed to where the next step begins. Empty: packing may not be due.</param>
    /// <returns>Whether there are more.</returns>
    public static bool Step(SqliteConnection writer, DateTimeOffset now, ref string after)
    {
        if (after.Length == 0 && !(RecentVerdicts.Oldest(writer) < RecentVerdicts.SlotOf(now - LeftUnpacked - BlockLength)))
            return false;
        var until = RecentVerdicts.SlotOf(now - LeftUnpacked);
        using var transaction = writer.BeginTransaction();
        for (var i = 0; i < StreamsAtOnce; i++)
        {
            if (RecentVerdicts.StreamAfter(writer, after, until) is not { } stream)
            {
                transaction.Commit();
                after = "";
                return false;
            }

            after = stream;
            Pack(writer, stream, until);
        }

        transaction.Commit();
        return true;
    }

    private static void Pack(SqliteConnection writer, string stream, long until)
    {
        var rows = RecentVerdicts.Read(writer, stream, long.MinValue, long.MaxValue, until, RowsAtOnce);
        if (rows.Count == 0)
            return;
        var (first, last) = (("$first", (object)rows[0].Start), ("$last", (object)rows[^1].Start));
        RecentVerdicts.Delete(writer, stream, rows[^1].Start, until);
        var merged = new SortedDictionary<long, VerdictBlock.Row>();
        foreach (var (start, packed) in writer.Rows(
            "SELECT start, data FROM packed WHERE stream = $stream AND start <= $last AND until >= $first",
            row => (row.GetInt64(0), row.GetFieldValue<byte[]>(1)),
            ("$stream", stream),
            first,
            last))
        {
            // A block that is damaged stays as it is, so that it stops neither the other streams nor the retention, which follows.
            if (!VerdictBlock.TryRead(packed, out var before))
                continue;
            foreach (var row in before)
                merged[row.Start] = row;
            writer.Execute("DELETE FROM packed WHERE stream = $stream AND start = $start", ("$stream", stream), ("$start", start));
        }

        foreach (var row in rows)
            merged[row.Start] = row;
        var block = new List<VerdictBlock.Row>();
        foreach (var row in merged.Values)
        {
            if (block.Count == MaxRows || (block.Count > 0 && row.Start - block[^1].Start > LongestGap))
                Insert(writer, stream, block);
            block.Add(row);
        }

        Insert(writer, stream, block);
    }

    private static void Insert(SqliteConnection writer, string stream, List<VerdictBlock.Row> block)
    {
        writer.Execute(
            "INSERT OR REPLACE INTO packed (stream, start, until, seen, data) VALUES ($stream, $start, $until, $seen, $data)",
            ("$stream", stream),
            ("$start", block[0].Start),
            ("$until", block[^1].Start),
            ("$seen", block.Max(row => row.Seen)),
            ("$data", VerdictBlock.Write(block)));
        block.Clear();
    }
}
