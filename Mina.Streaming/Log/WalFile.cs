using System.Buffers.Binary;

namespace Mina.Streaming.Log;

/// <summary>
/// Looks at SQLite's write-ahead file before SQLite does, which takes the frames up to the first that is not whole and says nothing of those
/// after it. The format is described in the SQLite documentation, "WAL-mode File Format".
/// </summary>
internal static class WalFile
{
    private const int HeaderBytes = 32;
    private const int FrameBytes = 24;
    private const uint Magic = 0x377f0682;

    /// <summary>
    /// What is damaged, as a clause, and whether it lies inside, so that what was written after it is lost too; null: nothing is damaged, or
    /// there is no file.
    /// </summary>
    public static (string Clause, bool IsInside)? FindDamage(string path)
    {
        if (!File.Exists(path))
            return null;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
        if (file.Length == 0)
            return null;
        var header = new byte[HeaderBytes];
        if (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes)
            return ("its write-ahead file was cut off, and what it held is lost", true);
        var bigEndian = (Number(header, 0) & 1) != 0;
        var sum = Add(default, header.AsSpan(0, FrameBytes), bigEndian);
        if ((Number(header, 0) & ~1u) != Magic || sum != (Number(header, 24), Number(header, 28)))
            return ("the header of its write-ahead file is damaged, and what the file held is lost", true);

        var frame = new byte[FrameBytes + Number(header, 8)];
        for (var number = 1; ; number++)
        {
            var read = file.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false);
            if (read < FrameBytes)
                return null;
            // A frame of an earlier round has both salts of that round; a flipped bit changes one of them only.
            if (!HasSalt(header, frame, 16, 8) && !HasSalt(header, frame, 20, 12))
                return null;
            sum = Add(Add(sum, frame.AsSpan(0, 8), bigEndian), frame.AsSpan(FrameBytes), bigEndian);
            if (read == frame.Length && HasSalt(header, frame, 16, 8) && HasSalt(header, frame, 20, 12) && sum == (Number(frame, 16), Number(frame, 20)))
                continue;
            var later = Later(file, header, frame);
            return later > 0
                ? ($"page {number} of its write-ahead file is damaged, and {later} after it are lost", true)
                : ("the last page of its write-ahead file was not written whole or is damaged, and the last commit may be lost", false);
        }
    }

    private static int Later(FileStream file, byte[] header, byte[] frame)
    {
        var later = 0;
        while (file.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) >= FrameBytes
            && HasSalt(header, frame, 16, 8) && HasSalt(header, frame, 20, 12))
        {
            later++;
        }

        return later;
    }

    private static bool HasSalt(byte[] header, byte[] frame, int inHeader, int inFrame) => Number(header, inHeader) == Number(frame, inFrame);

    private static uint Number(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);

    private static (uint, uint) Add((uint First, uint Second) sum, ReadOnlySpan<byte> bytes, bool bigEndian)
    {
        var (first, second) = sum;
        for (var i = 0; i + 8 <= bytes.Length; i += 8)
        {
            first += (bigEndian ? Number(bytes, i) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[i..])) + second;
            second += (bigEndian ? Number(bytes, i + 4) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i + 4)..])) + first;
        }

        return (first, second);
    }
}
