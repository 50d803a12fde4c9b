using ZstdSharp;

namespace Mina.Streaming.Log;

/// <summary>A chunk of a known stream, and the offset of the stream's chunk before it (0: there is none).</summary>
internal sealed record LinkedChunk(LoggedChunk Logged, long Before);

/// <summary>
/// About a minute of one stream, packed: a checksum, the length of what follows when it is unpacked, and zstd over the stream's name and the
/// chunks, each written in the context of the one before.
/// </summary>
/// <param name="Stream">The stream.</param>
/// <param name="Start">When the earliest sample was taken, in ticks.</param>
/// <param name="Until">When the sample after the last was due.</param>
/// <param name="First">Offset of the first chunk.</param>
/// <param name="Last">Offset of the last chunk.</param>
/// <param name="Data">The bytes.</param>
internal sealed record Segment(string Stream, long Start, long Until, long First, long Last, byte[] Data)
{
    /// <summary>A minute is 18,000 bytes or so; a higher level saves less than a twentieth for several times the work.</summary>
    public const int Level = 3;

    private const int MaxUnpacked = 1 << 28;

    // Longer ones would be found in vain for many ranges of time.
    private static readonly long MaxGap = TimeSpan.FromMinutes(1).Ticks;
    private static readonly long MaxSpan = TimeSpan.FromMinutes(5).Ticks;

    /// <summary>Packs chunks of one stream, in order of offsets. Where the device's clock jumps, another segment begins.</summary>
    public static IEnumerable<Segment> Pack(string stream, IReadOnlyList<LinkedChunk> chunks, Compressor compressor)
    {
        for (var first = 0; first < chunks.Count;)
        {
            var start = chunks[first].Logged.Chunk.FirstSample.UtcTicks;
            var until = ChunkTime.UntilTicks(chunks[first].Logged.Chunk);
            var end = first + 1;
            for (; end < chunks.Count; end++)
            {
                var next = chunks[end].Logged.Chunk;
                var at = next.FirstSample.UtcTicks;
                if (at < start || at > until + MaxGap || at > start + MaxSpan)
                    break;
                until = Math.Max(until, ChunkTime.UntilTicks(next));
            }

            yield return new Segment(
                stream, start, until, chunks[first].Logged.Offset, chunks[end - 1].Logged.Offset, Write(stream, chunks, first, end, compressor));
            first = end;
        }
    }

    /// <summary>Unpacks the bytes.</summary>
    /// <exception cref="InvalidDataException">They are damaged, or are those of another segment.</exception>
    public static List<LinkedChunk> Unpack(string stream, long first, long last, ReadOnlySpan<byte> data)
    {
        try
        {
            var outer = new ByteReader(data);
            var checksum = outer.ReadUInt32();
            if (Checksum.Compute(data[sizeof(uint)..]) != checksum || outer.ReadUnsigned() is not (<= MaxUnpacked and var length))
                throw new InvalidDataException("a segment is damaged");
            var bytes = new byte[length];
            using (var decompressor = new Decompressor())
            {
                if (decompressor.Unwrap(outer.ReadBytes(outer.Left), bytes) != bytes.Length)
                    throw new InvalidDataException("a segment is damaged");
            }

            var reader = new ByteReader(bytes);
            if (reader.ReadText() != stream)
                throw new InvalidDataException("a segment is another stream's");
            var chunks = new List<LinkedChunk>(reader.ReadCount());
            var context = default(ChunkCodec.Context);
            long offset = 0;
            for (var i = 0; i < chunks.Capacity; i++)
            {
                offset += reader.ReadSigned();
                var before = (long)reader.ReadUnsigned();
                var (arrived, chunk) = ChunkCodec.Read(ref reader, ref context);
                chunks.Add(new LinkedChunk(new LoggedChunk(offset, stream, arrived, chunk), before == 0 ? 0 : offset - before));
            }

            return chunks.Count > 0 && chunks[0].Logged.Offset == first && chunks[^1].Logged.Offset == last
                ? chunks
                : throw new InvalidDataException("a segment is another one");
        }
        catch (ZstdException e)
        {
            throw new InvalidDataException("a segment is damaged", e);
        }
    }

    private static byte[] Write(string stream, IReadOnlyList<LinkedChunk> chunks, int from, int to, Compressor compressor)
    {
        var bytes = new ByteWriter(1 << 15);
        bytes.WriteText(stream);
        bytes.WriteUnsigned((ulong)(to - from));
        var context = default(ChunkCodec.Context);
        var hint = default(SampleStep);
        long offset = 0;
        for (var i = from; i < to; i++)
        {
            var ((at, _, arrived, chunk), before) = chunks[i];
            bytes.WriteSigned(at - offset);
            bytes.WriteUnsigned(before == 0 ? 0 : (ulong)(at - before));
            hint = ChunkCodec.Write(bytes, ref context, arrived.UtcTicks, chunk, hint);
            offset = at;
        }

        var packed = new ByteWriter(bytes.Length / 2);
        packed.WriteUInt32(0);
        packed.WriteUnsigned((ulong)bytes.Length);
        packed.WriteBytes(compressor.Wrap(bytes.Written));
        packed.Overwrite(0, Checksum.Compute(packed.Written[sizeof(uint)..]));
        return packed.Written.ToArray();
    }
}
