using System.Buffers.Binary;
using Mina.Streaming.Recordings.Formats.Ishne;

namespace Mina.Streaming.Recordings.Formats.Scp;

/// <summary>The sections of an SCP-ECG file, found by the pointers of section 0 and checked by their checksums.</summary>
internal sealed class ScpFile
{
    /// <summary>How many of a file's first bytes tell that it is one.</summary>
    public const int SignatureBytes = 22;

    private const int RecordHeaderBytes = 6;
    private const int SectionHeaderBytes = 16;
    private const int PointerBytes = 10;

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly Dictionary<int, (long Offset, long Length)> _sections = [];

    private ScpFile(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <summary>Whether a file begins as one of version 1.3 or later.</summary>
    public static bool HasSignature(ReadOnlySpan<byte> start) => start.Length >= SignatureBytes && start.Slice(16, 6).SequenceEqual("SCPECG"u8);

    /// <summary>Finds the sections.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <exception cref="IOException">The pointers are damaged.</exception>
    public static ScpFile Read(ReadOnlyMemory<byte> bytes)
    {
        var file = new ScpFile(bytes);
        var start = bytes.Span;
        if (start.Length < RecordHeaderBytes + SectionHeaderBytes || BinaryPrimitives.ReadUInt16LittleEndian(start[8..]) != 0)
            throw new IOException("it is no SCP-ECG file: it does not begin with the section of pointers");
        file._sections[0] = (RecordHeaderBytes, BinaryPrimitives.ReadUInt32LittleEndian(start[10..]));
        var pointers = file.Section(0)!.Value.Span;
        for (; pointers.Length >= PointerBytes; pointers = pointers[PointerBytes..])
        {
            var (id, length) = (BinaryPrimitives.ReadUInt16LittleEndian(pointers), BinaryPrimitives.ReadUInt32LittleEndian(pointers[2..]));
            // Positions count from 1.
            if (id != 0 && length > 0) file._sections[id] = (BinaryPrimitives.ReadUInt32LittleEndian(pointers[6..]) - 1L, length);
        }

        return file;
    }

    /// <summary>What a section holds behind its header; null where the file has none of that number.</summary>
    /// <exception cref="IOException">It lies beyond the file's end, or its checksum does not fit.</exception>
    public ReadOnlyMemory<byte>? Section(int id)
    {
        if (!_sections.TryGetValue(id, out var place)) return null;
        var (offset, length) = place;
        if (offset < 0 || length < SectionHeaderBytes || offset + length > _bytes.Length)
            throw new IOException($"its section {id} lies beyond the file's end: get the file again");
        var section = _bytes.Slice((int)offset, (int)length);
        if (BinaryPrimitives.ReadUInt16LittleEndian(section.Span[2..]) != id)
            throw new IOException($"its section {id} is not where the pointers say: get the file again");
        if (!Fits(section.Span)) throw new IOException($"the checksum of its section {id} does not fit: get the file again");
        return section[SectionHeaderBytes..];
    }

    // 0 stands for no checksum; then that of the whole file counts. Programs that take out names leave the latter as it was.
    private bool Fits(ReadOnlySpan<byte> section)
    {
        var sum = BinaryPrimitives.ReadUInt16LittleEndian(section);
        if (sum != 0) return sum == IshneHeader.Checksum(section[2..]);
        var whole = BinaryPrimitives.ReadUInt16LittleEndian(_bytes.Span);
        return whole == 0 || whole == IshneHeader.Checksum(_bytes.Span[2..]);
    }
}
