using System.Text;

namespace Mina.Streaming.Log;

/// <summary>
/// The chunks of one commit, of all streams, as one row of the journal: checksum of the header, length of the header, the header (first
/// offset, and for each chunk the stream, the offset of the stream's chunk before, and a length), and then each chunk after a checksum of its
/// own. So a flipped bit costs one chunk, or the row where it hits the header.
/// </summary>
internal static class JournalRow
{
    /// <summary>A chunk in a row, not decoded yet.</summary>
    /// <param name="Offset">Its offset.</param>
    /// <param name="Stream">Its stream.</param>
    /// <param name="Before">Offset of the stream's chunk before this one; 0: there is none.</param>
    /// <param name="Body">Where it lies in the row; null: its checksum is wrong.</param>
    public readonly record struct Entry(long Offset, string Stream, long Before, Range? Body);

    /// <summary>Encodes a chunk as the body of an entry, its checksum first.</summary>
    /// <returns>A hint for the stream's next chunk.</returns>
    public static SampleStep WriteBody(ByteWriter to, DateTimeOffset arrived, SampleChunk chunk, SampleStep hint)
    {
        var context = default(ChunkCodec.Context);
        var start = to.Length;
        to.WriteUInt32(0);
        var step = ChunkCodec.Write(to, ref context, arrived.UtcTicks, chunk, hint);
        to.Overwrite(start, Checksum.Compute(to.Written[(start + sizeof(uint))..]));
        return step;
    }

    /// <summary>Decodes a chunk.</summary>
    /// <exception cref="InvalidDataException">This is no chunk.</exception>
    public static (DateTimeOffset Arrived, SampleChunk Chunk) ReadBody(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        var context = default(ChunkCodec.Context);
        return ChunkCodec.Read(ref reader, ref context);
    }

    /// <summary>Writes a row.</summary>
    /// <param name="row">Emptied first.</param>
    /// <param name="header">Scratch space.</param>
    /// <param name="first">The offset of the first chunk; the others follow by one.</param>
    /// <param name="entries">Bodies as <see cref="WriteBody"/> makes them.</param>
    public static void Write(ByteWriter row, ByteWriter header, long first, IReadOnlyList<(string Stream, long Before, byte[] Body)> entries)
    {
        header.Clear();
        header.WriteSigned(first);
        header.WriteUnsigned((ulong)entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            header.WriteText(entries[i].Stream);
            header.WriteUnsigned(entries[i].Before == 0 ? 0 : (ulong)(first + i - entries[i].Before));
            header.WriteUnsigned((ulong)entries[i].Body.Length);
        }

        row.Clear();
        row.WriteUInt32(Checksum.Compute(header.Written));
        row.WriteUInt32((uint)header.Length);
        row.WriteBytes(header.Written);
        foreach (var entry in entries)
            row.WriteBytes(entry.Body);
    }

    /// <summary>Reads what a row holds; null: its header is damaged.</summary>
    /// <param name="first">The first offset, which the row must have too.</param>
    /// <param name="row">All of it.</param>
    public static List<Entry>? Read(long first, ReadOnlySpan<byte> row) => Read(first, row, 0, 1);

    /// <summary>Reads what a row holds of some of the streams; null: its header is damaged.</summary>
    /// <param name="first">The first offset, which the row must have too.</param>
    /// <param name="row">All of it.</param>
    /// <param name="part">Which part of the streams is wanted, from 0.</param>
    /// <param name="parts">Into how many parts the streams are divided, by their names.</param>
    public static List<Entry>? Read(long first, ReadOnlySpan<byte> row, int part, int parts)
    {
        try
        {
            var reader = new ByteReader(row);
            var checksum = reader.ReadUInt32();
            var header = reader.ReadBytes((int)reader.ReadUInt32());
            var at = row.Length - reader.Left;
            if (Checksum.Compute(header) != checksum)
                return null;
            var names = new ByteReader(header);
            if (names.ReadSigned() != first)
                return null;
            var count = names.ReadCount();
            var entries = new List<Entry>(count / parts);
            for (var i = 0; i < count; i++)
            {
                var stream = names.ReadBytes(names.ReadCount());
                var before = (long)names.ReadUnsigned();
                var end = at + checked((int)names.ReadUnsigned());
                if (Checksum.Compute(stream) % (uint)parts == part)
                {
                    Range? body = end <= row.Length && IsWhole(row[at..end]) ? (at + sizeof(uint))..end : null;
                    entries.Add(new Entry(first + i, Encoding.UTF8.GetString(stream), before == 0 ? 0 : first + i - before, body));
                }

                at = end;
            }

            return entries;
        }
        catch (Exception e) when (e is InvalidDataException or OverflowException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> body) =>
        body.Length >= sizeof(uint) && new ByteReader(body).ReadUInt32() == Checksum.Compute(body[sizeof(uint)..]);
}
