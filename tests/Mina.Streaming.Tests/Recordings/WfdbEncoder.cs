using System.Buffers.Binary;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>Encodes samples as signal(5) of the WFDB Applications Guide says, written apart from the decoder.</summary>
internal static class WfdbEncoder
{
    public static readonly (int Format, int Bits)[] Formats = [(16, 16), (24, 24), (32, 32), (61, 16), (80, 8), (160, 16), (212, 12), (310, 10), (311, 10)];

    public static byte[] Encode(int format, IReadOnlyList<int> samples)
    {
        var to = new List<byte>();
        switch (format)
        {
            case 16:
                foreach (var s in samples) to.AddRange([(byte)s, (byte)(s >> 8)]);
                break;
            case 61:
                foreach (var s in samples) to.AddRange([(byte)(s >> 8), (byte)s]);
                break;
            case 160:
                foreach (var s in samples) to.AddRange([(byte)(s + 32768), (byte)((s + 32768) >> 8)]);
                break;
            case 24:
                foreach (var s in samples) to.AddRange([(byte)s, (byte)(s >> 8), (byte)(s >> 16)]);
                break;
            case 32:
                foreach (var s in samples) to.AddRange([(byte)s, (byte)(s >> 8), (byte)(s >> 16), (byte)(s >> 24)]);
                break;
            case 80:
                foreach (var s in samples) to.Add((byte)(s + 128));
                break;
            case 212:
                for (var i = 0; i < samples.Count; i += 2)
                {
                    var (a, b) = (samples[i] & 0xFFF, i + 1 < samples.Count ? samples[i + 1] & 0xFFF : 0);
                    to.AddRange([(byte)a, (byte)(a >> 8 | b >> 8 << 4), (byte)b]);
                }

                break;
            case 310:
                for (var i = 0; i < samples.Count; i += 3)
                {
                    var (a, b, c) = Three(samples, i);
                    Word(a << 1 | (c & 0x1F) << 11);
                    Word(b << 1 | c >> 5 << 11);
                }

                break;
            case 311:
                for (var i = 0; i < samples.Count; i += 3)
                {
                    var (a, b, c) = Three(samples, i);
                    var word = new byte[4];
                    BinaryPrimitives.WriteInt32LittleEndian(word, a | b << 10 | c << 20);
                    to.AddRange(word);
                }

                break;
        }

        return [.. to];

        void Word(int value) => to.AddRange([(byte)value, (byte)(value >> 8)]);
    }

    private static (int A, int B, int C) Three(IReadOnlyList<int> samples, int i)
    {
        int At(int k) => k < samples.Count ? samples[k] & 0x3FF : 0;
        return (At(i), At(i + 1), At(i + 2));
    }
}
