using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Mina.Streaming.Recordings.Formats.Ishne;

namespace Mina.Fuzz;

/// <summary>Small files that are right, of formats that a line of text cannot hold.</summary>
internal static class FileSeeds
{
    // What flac 1.4.2 makes of two channels of 300 samples at 16 bits: at level 0 (joined channels, fixed predictors) and 8 (linear ones).
    private const string Flac0 =
        "ZkxhQwAAACIAgACAAABGAAChAD6C8AAAASxkvyQDiJKmbTmAi86aN3GhhAAAKCAAAAByZWZlcmVuY2UgbGliRkxBQyAxLjQuMiAyMDIyMTAyMgAAAAD/+GwYAH8BvxgAAAFMApUD1QCa"
        + "dJNIimczk6XRPEitZUcj5DiHa/RW913jfkXM5FIrXTaclrK3IOGOQpluu+VOiySeJ7punSp2UikFgAAAUICgQDXZLCZ95j5hZy8zTIxHhXqVo61doQlFWZs0spc+lT78lhd+WxqdWpP0"
        + "85cZ5kSxIR7MoRHIgRaok7apZza9LmpklhP+9he6S5vw12g+iP/4bBgBfwHUGAutC34LKwq1AGUkYXohkmrtGEDBDpPiGV6IYmWpMJwjCaSZStIwnq608QYmjSNJ5QwWMCGWUwtgjLKl"
        + "iGCNIWC0wLIArMAMy8iRVoyBVYiRk9kHbmJOXVrKfskuLvzSCf96m7q3LmUnJytETSrGWrKFRTNGeitMveeYvba4m1rQTumkE/ZJT5tJSarxG9kirV0AC53/+GwYAisBMRj+BfzA+4X6"
        + "WQBdJ1NcyMnIYIaxGsRiaJlSQt/C/5vfdeAfQK1GaI2cSUm5eQ39JcSmy2PTrVLvVmPyQKPw";

    private const string Flac8 =
        "ZkxhQwAAACIAgACAAABAAACNAD6C8AAAASxkvyQDiJKmbTmAi86aN3GhhAAAKCAAAAByZWZlcmVuY2UgbGliRkxBQyAxLjQuMiAyMDIyMTAyMgAAAAD/+GyIAH8B6RgAAAFMApUD1QCa"
        + "dJNIimczk6XRPEitZUcj5DiHa/RW913jfkXM5FIrXTaclrK3IOGOQpluu+VOiySeJ7punSp2UikSgAAAAKAAoAB4AE4ANWM+C+gbWOABOEwzMwOgWT6F8uT3w2YckwoGeBTChkNkSaaU"
        + "tMpSaTJkKGdGxv/4bIgBfwGCGAutC34LKwq1AGUkYXohkmrtGEDBDpPiGV6IYmWpMJwjCaSZStIwnq608QYmjSNJ5QwWMCGWUwtgjLKliGCNIUADCAF4AiF/hC+4hZIIWZDOkQypMM+2"
        + "MVJRHspC2xC3xj30x/KY8kM9SCFSII+SDLMhipMRbIQtnMf2IW3kPbTC6wy/sv/4bIgCKwFnGP4F/MD7hfpZAF0nU1zIychghrEaxGJomVJCn/7v/xAFEMXbCPkwixIM8SjFkhi/Uhfa"
        + "QWeAU2A=";

    /// <summary>FLAC streams of two channels.</summary>
    public static IReadOnlyList<byte[]> Flac => [Convert.FromBase64String(Flac0), Convert.FromBase64String(Flac8)];

    /// <summary>Holter files of three leads, with a checksum and without one.</summary>
    public static IReadOnlyList<byte[]> Ishne
    {
        get
        {
            var bytes = new byte[600 + (2 * 300)];
            "ISHNE1.0"u8.CopyTo(bytes);
            foreach (var (at, value) in new[] { (10, 78), (14, 100), (18, 522), (22, 600) }) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);
            foreach (var (at, value) in new[] { (138, 1), (140, 2), (142, 2026), (156, 3), (158, 11), (160, 6), (206, 2500), (208, 2500), (272, 200) })
                BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(at), (short)value);
            for (var i = 600; i < bytes.Length; i++) bytes[i] = (byte)(i * 7);
            var summed = (byte[])bytes.Clone();
            BinaryPrimitives.WriteUInt16LittleEndian(summed.AsSpan(8), IshneHeader.Checksum(summed.AsSpan(10, 590)));
            return [bytes, summed];
        }
    }

    /// <summary>MATLAB files: a matrix with its sampling frequency, and the same packed.</summary>
    public static IReadOnlyList<byte[]> Matlab
    {
        get
        {
            byte[] fs = Matrix("fs", 1, [.. BitConverter.GetBytes(250.0)]);
            byte[] signal = Matrix("val", 40, [.. Enumerable.Range(0, 40).SelectMany(i => BitConverter.GetBytes(Math.Sin(i)))]);
            byte[] header = [.. Encoding.ASCII.GetBytes("MATLAB 5.0 MAT-file".PadRight(124)), 0, 1, (byte)'I', (byte)'M'];
            using var packed = new MemoryStream();
            using (var stream = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) stream.Write(signal);
            return [[.. header, .. fs, .. signal], [.. header, .. fs, 15, 0, 0, 0, .. BitConverter.GetBytes((int)packed.Length), .. packed.ToArray()]];
        }
    }

    /// <summary>DICOM waveforms: a recording with an average beat, in either syntax, with lengths known or not.</summary>
    public static IReadOnlyList<byte[]> Dicom =>
    [
        .. new[] { (true, true), (true, false), (false, true), (false, false) }.Select(kind =>
        {
            var encoder = new DicomEncoder(kind.Item1, kind.Item2);
            short[] samples = [.. Enumerable.Range(0, 40).Select(i => (short)(i * i))];
            return encoder.File(
                encoder.Group("DERIVED", 500, "MEDIAN", [("2:2", "uV", "2.5", "1", "0")], samples[..8]),
                encoder.Group("ORIGINAL", 500, "RHYTHM", [("2:2", "uV", "2.5", "1.5", "10"), ("5.6.3-9-62", "mV", "0.005", "1", "0")], samples));
        }),
    ];

    /// <summary>SCP-ECG files without checksums, so that what is changed is read: plain, with the standard codes, and with tables of their own.</summary>
    public static IReadOnlyList<byte[]> Scp
    {
        get
        {
            int[] samples = [.. Enumerable.Range(0, 60).Select(i => i * i % 211)];
            byte[] tables = [1, 0, 2, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 17, 1, 0, 0, 1, 0, 0, 0];
            ScpEncoder[] encoders =
            [
                new() { HasChecksums = false, Differences = 1 },
                new() { HasChecksums = false, Differences = 2, Codes = ScpEncoder.StandardCode, Tables = ScpEncoder.StandardTable },
                new()
                {
                    HasChecksums = false,
                    Differences = 1,
                    Reference = new ReferenceBeat(5, [[1, 5, 9, 40, 9, 5, 1], [1, 2, 3, 4, 3, 2, 1]], [(0, 3, 6, 12), (1, 20, 22, 25), (0, 30, 33, 36)]),
                },
                new() { HasChecksums = false, Tables = tables, Codes = value => "1" + Convert.ToString(value & 0xFFFF, 2).PadLeft(16, '0') },
            ];
            return [.. encoders.Select(encoder => encoder.File((1, samples), (2, samples)))];
        }
    }

    private static byte[] Matrix(string name, int columns, byte[] numbers) => Element(14,
    [
        .. Element(6, [6, 0, 0, 0, 0, 0, 0, 0]), .. Element(5, [1, 0, 0, 0, (byte)columns, 0, 0, 0]), .. Element(1, Encoding.ASCII.GetBytes(name)),
        .. Element(9, numbers),
    ]);

    private static byte[] Element(int type, byte[] data)
    {
        var bytes = new byte[8 + ((data.Length + 7) / 8 * 8)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, type);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), data.Length);
        data.CopyTo(bytes, 8);
        return bytes;
    }
}
