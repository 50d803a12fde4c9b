using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Mina.Streaming.Recordings;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>MATLAB files of level 5 without a header beside them.</summary>
public class MatlabTests
{
    private const string Scipy = """
        import sys, numpy as np, scipy.io as io
        t = np.arange(2000.0)
        ecg = np.array([np.sin(t / (7 + k)) + k for k in range(12)])
        kinds = {
            "cpsc": dict(ECG={"sex": "Male", "age": 50, "data": ecg}),
            "val": dict(val=ecg, fs=257.5),
            "columns": dict(note="x", Fs=np.int32(300), signal=ecg.T.astype(np.float32)),
            "whole": dict(freq=250, val=np.round(ecg * 100).astype(np.int16)),
            "bytes": dict(fs=128, data=np.round(ecg * 9).astype(np.int8)[1:2]),
            "inside": dict(other={"a": 1}, s={"fs": 400.0, "data": ecg[1:2], "more": {"x": 2}}),
        }
        for name, content in kinds.items():
            for packed in (False, True):
                io.savemat(sys.argv[1] + "/" + name + ("_z" if packed else "") + ".mat", content, do_compression=packed, format="5")
        """;

    [SkippableTheory]
    [InlineData("cpsc", 500, "II", 1.0)]
    [InlineData("val", 257.5, "II", 1.0)]
    [InlineData("columns", 300, "II", 1.0)]
    [InlineData("whole", 250, "II", 100.0)]
    [InlineData("bytes", 128, "", 9.0)]
    [InlineData("inside", 400, "", 1.0)]
    public void What_scipy_writes_is_read(string name, double fs, string lead, double scale)
    {
        using var temp = new TemporaryFolder();
        temp.Write("write.py", Scipy);
        using var python = File.Exists("/usr/bin/python3") ? Process.Start(
            new ProcessStartInfo("/usr/bin/python3", [temp["write.py"], temp.Path]) { RedirectStandardError = true }) : null;
        python?.StandardError.ReadToEnd();
        python?.WaitForExit();
        Skip.If(python is not { ExitCode: 0 }, "python3 with scipy is not on this machine");
        foreach (var file in new[] { name, name + "_z" })
        {
            using var folder = RecordingFolder.Open(temp[file + ".mat"]);
            var recording = folder.Entries.Single().Read(new ReadOptions()).Recording!;
            // Of twelve leads I would be taken; row 1 is II.
            if (lead.Length > 0) recording = folder.Entries.Single().Read(new ReadOptions(lead)).Recording!;
            Assert.Equal((fs, lead, 2000), (recording.Fs, recording.Lead, recording.Samples.Length));
            for (var i = 0; i < 2000; i++)
            {
                var expected = Math.Sin(i / 8.0) + 1;
                Assert.Equal(scale > 1 ? Math.Round(expected * scale) : expected, recording.Samples[i], 1e-5);
            }
        }
    }

    [Fact]
    public void The_sampling_frequency_may_be_given()
    {
        Assert.EndsWith("does not say its sampling frequency: give it with --fs", Read(Matrix(100)).Rejection!.Message);
        var recording = Read(Matrix(100), fs: 300).Recording!;
        Assert.Equal((300.0, 100), (recording.Fs, recording.Samples.Length));
        Assert.Equal(99f, recording.Samples[^1]);
    }

    [Fact]
    public void What_is_broken_or_no_recording_is_refused()
    {
        var whole = Matrix(100);
        Refused([], "a.mat has no header: put a.hea beside it");
        Refused("\0\0\0\0\u000c"u8.ToArray(), "a.mat has no header: put a.hea beside it");
        Refused(whole[..300], "a.mat cannot be read: it is no MATLAB file of level 5 to its end: get the file again");
        Refused(whole[..128], "a.mat has no matrix 'val', 'data', 'ecg' or 'signal' of numbers: it has no variable that can be read");
        Refused(Matrix(100, "other"), "a.mat has no matrix 'val', 'data', 'ecg' or 'signal' of numbers: its variables are other");
        Refused(Header("MATLAB 7.3 MAT-file"), "a.mat is a MATLAB file of version 7.3 (HDF5), which is not read: save it with -v7");
        byte[] zeros = [.. Variable("val", 9, 1, 80 << 20, []), .. Big(2), .. Big(80 << 20)];
        BinaryPrimitives.WriteInt32BigEndian(zeros.AsSpan(4), zeros.Length - 8 + (80 << 20));
        Refused(
            [.. Header(), .. Element(15, Deflate(zeros, new byte[80 << 20]))],
            "a.mat cannot be read: it unpacks to more than 67108864 bytes, as no ECG does");
        Refused([.. Header(), .. Element(15, [1, 2, 3, 4, 5, 6, 7, 8])], "a.mat cannot be read: its packed variables are damaged: get the file again");

        static void Refused(byte[] file, string message) => Assert.EndsWith(message, Read(file, 300).Rejection!.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_long_matrix_is_read_in_parts_also_with_its_frequency_behind_it(bool isPacked)
    {
        const int length = 100_000;
        // Two leads in rows, so that their samples take turns.
        var both = new byte[2 * 2 * length];
        for (var i = 0; i < length; i++)
        {
            BinaryPrimitives.WriteInt16BigEndian(both.AsSpan(4 * i), (short)(i % 30_000));
            BinaryPrimitives.WriteInt16BigEndian(both.AsSpan((4 * i) + 2), (short)-(i % 30_000));
        }

        byte[] file = [.. Header(), .. Place(Variable("val", 10, 2, length, Element(3, both))), .. Place(Variable("fs", 6, 1, 1, Element(9, Big(250.0))))];
        using var temp = new TemporaryFolder();
        using var folder = RecordingFolder.Open(temp.Write("a.mat", file));
        using var reader = folder.Entries.Single().Open(new ReadOptions("1")).Reader!;
        Assert.Equal((250.0, 2, (long)length), (reader.Lead.Fs, reader.Leads.Count, reader.Length));
        var (samples, at) = (new float[777], 0);
        for (int count; (count = reader.Read(samples)) > 0; at += count)
        {
            for (var i = 0; i < count; i++) Assert.Equal(-((at + i) % 30_000), samples[i]);
        }

        Assert.Equal(length, at);

        byte[] Place(byte[] matrix)
        {
            if (!isPacked) return matrix;
            var packed = Deflate(matrix);
            return [.. Big(15), .. Big(packed.Length), .. packed];
        }
    }

    [Fact]
    public void A_packed_matrix_that_ends_early_is_refused()
    {
        var packed = Deflate(Matrix(100)[128..^16]);
        byte[] file = [.. Header(), .. Big(15), .. Big(packed.Length), .. packed];
        Assert.EndsWith("a.mat cannot be read: it is no MATLAB file of level 5 to its end: get the file again", Read(file, 300).Rejection!.Message);
    }

    [Fact]
    public void Beside_a_header_it_is_that_records_signal_file()
    {
        using var temp = new TemporaryFolder();
        temp.Write("a.hea", "a 1 300 10\na.mat 16 1000/mV 16 0 0 0 0 I\n");
        temp.Write("a.mat", new byte[20]);
        using var folder = RecordingFolder.Open(temp.Path);
        Assert.Equal(10, Assert.Single(folder.Entries).Read(new ReadOptions()).Recording!.Samples.Length);
    }

    private static ReadOutcome Read(byte[] bytes, double? fs = null)
    {
        using var temp = new TemporaryFolder();
        using var folder = RecordingFolder.Open(temp.Write("a.mat", bytes));
        return folder.Entries.Single().Read(new ReadOptions(Fs: fs));
    }

    /// <summary>One variable, a row of doubles 0, 1, 2, ..., in the byte order that this machine has not.</summary>
    private static byte[] Matrix(int length, string name = "val")
    {
        var numbers = new byte[8 * length];
        for (var i = 0; i < length; i++) BinaryPrimitives.WriteDoubleBigEndian(numbers.AsSpan(8 * i), i);
        return [.. Header(), .. Variable(name, 6, 1, length, Element(9, numbers))];
    }

    private static byte[] Variable(string name, byte kind, int rows, int columns, byte[] numbers)
    {
        byte[] sizes = [.. Big(rows), .. Big(columns)];
        return Element(14, [.. Element(6, [0, 0, 0, kind, 0, 0, 0, 0]), .. Element(5, sizes), .. Element(1, Encoding.ASCII.GetBytes(name)), .. numbers]);
    }

    private static byte[] Header(string text = "MATLAB 5.0 MAT-file") => [.. Encoding.ASCII.GetBytes(text.PadRight(124)), 1, 0, (byte)'M', (byte)'I'];

    private static byte[] Element(int type, byte[] data)
    {
        var bytes = new byte[8 + ((data.Length + 7) / 8 * 8)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, type);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), data.Length);
        data.CopyTo(bytes, 8);
        return bytes;
    }

    private static byte[] Big(double value) => [.. BitConverter.GetBytes(value).Reverse()];

    private static byte[] Big(int value) => [.. BitConverter.GetBytes(value).Reverse()];

    private static byte[] Deflate(params byte[][] parts)
    {
        using var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach (var part in parts) stream.Write(part);
        }

        return packed.ToArray();
    }
}
