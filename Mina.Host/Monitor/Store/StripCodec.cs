using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Mina.Host.Monitor.Store;

/// <summary>Strips as bytes, without loss: the first, second, third and fourth bytes of all samples beside each other, and Brotli over that.</summary>
internal static class StripCodec
{
    private const byte Version = 1;
    private const int MaxSamples = 10_000_000;

    /// <summary>Encodes stretches.</summary>
    public static byte[] Write(IReadOnlyList<SampleStretch> stretches)
    {
        using var bytes = new MemoryStream();
        bytes.WriteByte(Version);
        using (var brotli = new BrotliStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
        using (var writer = new BinaryWriter(brotli))
        {
            writer.Write(stretches.Count);
            foreach (var stretch in stretches)
            {
                writer.Write(stretch.From.UtcTicks);
                writer.Write(stretch.Fs);
                writer.Write(stretch.Millivolts.Length);
                var samples = MemoryMarshal.AsBytes(stretch.Millivolts.AsSpan());
                var planes = new byte[samples.Length];
                for (var i = 0; i < samples.Length; i++)
                    planes[(i % sizeof(float) * stretch.Millivolts.Length) + (i / sizeof(float))] = samples[i];
                writer.Write(planes);
            }
        }

        return bytes.ToArray();
    }

    /// <summary>Decodes stretches.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged, or of a later version.</exception>
    public static IReadOnlyList<SampleStretch> Read(byte[] strip)
    {
        if (strip is not [Version, ..])
            throw new InvalidDataException("a strip is of a version that this program does not know");
        try
        {
            using var reader = new BinaryReader(new BrotliStream(new MemoryStream(strip, 1, strip.Length - 1), CompressionMode.Decompress));
            var stretches = new List<SampleStretch>();
            for (var left = reader.ReadInt32(); left > 0; left--)
            {
                var (from, fs, count) = (new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero), reader.ReadDouble(), reader.ReadInt32());
                if (count is < 0 or > MaxSamples)
                    throw new InvalidDataException("a strip is damaged");
                var samples = new float[count];
                var bytes = MemoryMarshal.AsBytes(samples.AsSpan());
                for (var plane = 0; plane < sizeof(float); plane++)
                {
                    for (var i = plane; i < bytes.Length; i += sizeof(float))
                        bytes[i] = reader.ReadByte();
                }

                stretches.Add(new SampleStretch(from, fs, samples));
            }

            return stretches;
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            throw new InvalidDataException("a strip is damaged", e);
        }
    }
}
