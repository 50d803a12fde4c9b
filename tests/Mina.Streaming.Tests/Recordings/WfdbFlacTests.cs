using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats.Wfdb.Flac;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>WFDB records whose signals are FLAC: formats 508, 516 and 524.</summary>
public class WfdbFlacTests
{
    [Property(MaxTest = 200)]
    public Property Every_way_to_code_a_channel_is_decoded_bit_for_bit()
    {
        var cases =
            from width in Gen.Elements(8, 12, 16, 20, 24)
            from channels in Gen.Choose(1, 8)
            from length in Gen.Elements(1, 5, 192, 1000, 3001)
            from shape in Gen.Choose(0, 3)
            from seed in Gen.Choose(0, 1_000_000)
            select (width, channels, length, shape, seed);
        return Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var random = new Random(c.seed);
            var samples = Signal(random, c.width, c.channels, c.length, c.shape);
            using var flac = new FlacStream(new MemoryStream(new FlacEncoder(random).Encode(samples, c.width)));
            var got = samples.Select(_ => new List<int>()).ToArray();
            while (flac.Read())
            {
                for (var i = 0; i < got.Length; i++) got[i].AddRange(flac.Channel(i));
            }

            Assert.Equal((c.channels, c.width, (long)c.length), (flac.Channels, flac.Width, flac.Length));
            Assert.Equal(samples, got.Select(one => one.ToArray()));
        });
    }

    [SkippableTheory]
    [InlineData(508, 8, 1, "-0")]
    [InlineData(516, 16, 2, "-8 -e -p")]
    [InlineData(516, 16, 3, "-5 --blocksize=4096")]
    [InlineData(516, 8, 2, "-1")]
    [InlineData(524, 24, 2, "-8")]
    [InlineData(524, 24, 8, "--lax --blocksize=65535 -l 32")]
    [InlineData(524, 24, 1, "--disable-constant-subframes --disable-fixed-subframes -r 15 --lax")]
    public void What_the_flac_program_writes_is_read_bit_for_bit(int format, int width, int channels, string options)
    {
        Skip.If(!File.Exists("/usr/bin/flac"), "the flac program is not on this machine");
        using var temp = new TemporaryFolder();
        foreach (var shape in Enumerable.Range(0, 4))
        {
            var samples = Signal(new Random(shape), width, channels, 20_000, shape);
            temp.Write("raw", [.. Enumerable.Range(0, 20_000).SelectMany(i => samples.SelectMany(one => BitConverter.GetBytes(one[i]).Take(width / 8)))]);
            var arguments = $"-s -f --endian=little --sign=signed --channels={channels} --bps={width} --sample-rate=1000 {options} "
                + "-o a.dat --force-raw-format raw";
            using (var flac = Process.Start(new ProcessStartInfo("/usr/bin/flac", arguments) { WorkingDirectory = temp.Path })!) flac.WaitForExit();
            for (var lead = 0; lead < channels; lead++)
            {
                var expected = samples[lead].Select(s => s == -1 << (format - 501) ? float.NaN : (float)((s - 3) / 200.0)).ToArray();
                Assert.Equal(expected, Read(temp, $"{format}", channels, lead, 20_000).Recording!.Samples);
            }
        }
    }

    [Fact]
    public void An_offset_a_skew_and_several_samples_a_frame_count_samples_of_the_stream()
    {
        using var temp = new TemporaryFolder();
        int[][] samples = [[.. Enumerable.Range(0, 1000)]];
        foreach (var says in new[] { true, false })
        {
            temp.Write("a.dat", new FlacEncoder(new Random(1)) { SaysLength = says }.Encode(samples, 16));
            var recording = Read(temp, "516x2:3+4", 1, 0, null).Recording!;
            Assert.Equal(samples[0].Skip(4 + 6).Select(s => (float)((s - 3) / 200.0)), recording.Samples);
            Assert.Equal(1000, recording.Fs);
        }
    }

    [Theory]
    [InlineData("508", 2, "has samples of 16 bits, more than those of WFDB format 508: get both files again")]
    [InlineData("516", 1, "has 2 channels where its header names 1 signals: get both files again")]
    [InlineData("516x3", 2, "holds 333 samples where its header says 1000: the file is cut off, get it again")]
    public void A_stream_that_does_not_fit_its_header_is_refused(string format, int signals, string message)
    {
        using var temp = new TemporaryFolder();
        temp.Write("a.dat", new FlacEncoder(new Random(1)).Encode([[.. Enumerable.Range(0, 1000)], new int[1000]], 16));
        Assert.EndsWith("a.dat " + message, Read(temp, format, signals, 0, 1000).Rejection!.Message);
    }

    [Fact]
    public void A_flipped_bit_or_a_missing_end_is_a_rejection_and_never_a_sample()
    {
        var samples = Signal(new Random(3), 16, 2, 2000, 1);
        var bytes = new FlacEncoder(new Random(3)).Encode(samples, 16);
        using var temp = new TemporaryFolder();
        var expected = samples[0].Select(s => (float)((s - 3) / 200.0)).ToArray();
        for (var i = 42; i < bytes.Length; i += 37)
        {
            var broken = (byte[])bytes.Clone();
            broken[i] ^= (byte)(1 << (i % 8));
            temp.Write("a.dat", i % 2 == 0 ? broken : bytes[..i]);
            var (recording, rejection) = Read(temp, "516", 2, 0, 2000);
            // Padding ahead of the frames may hold anything.
            if (recording is not null) Assert.Equal(expected, recording.Samples);
            else Assert.Contains("cannot be read: it", rejection!.Message);
            if (i > 100) Assert.NotNull(rejection);
        }
    }

    [Theory]
    [InlineData("", "is only 0 bytes long: get the file again")]
    [InlineData("fLaC", "cannot be read: it ends before its first FLAC frame")]
    [InlineData("RIFF1234567890", "cannot be read: it is no FLAC stream, as its header says it is")]
    public void A_file_that_is_no_flac_stream_is_refused(string content, string message)
    {
        using var temp = new TemporaryFolder();
        temp.Write("a.dat", content);
        Assert.EndsWith("a.dat " + message, Read(temp, "516", 1, 0, 100).Rejection!.Message);
    }

    private static ReadOutcome Read(TemporaryFolder temp, string format, int signals, int lead, int? length)
    {
        var lines = Enumerable.Range(0, signals).Select(i => $"a.dat {format} 200(3)/mV 16 0 0 0 0 V{i + 1}");
        var path = temp.Write("a.hea", $"a {signals} 500 {length}\n{string.Join('\n', lines)}\n");
        using var folder = RecordingFolder.Open(path);
        return folder.Entries.Single().Read(new ReadOptions($"{lead}"));
    }

    /// <summary>Noise, a slow wave, a constant, and a wave whose lowest bits are unused; with extremes.</summary>
    private static int[][] Signal(Random random, int width, int channels, int length, int shape)
    {
        var limit = 1 << (width - 1);
        return [.. Enumerable.Range(0, channels).Select(c => Enumerable.Range(0, length).Select(i => shape switch
        {
            0 => random.Next(-limit, limit),
            1 => (int)(0.9 * limit * Math.Sin(0.01 * (i + c))) + random.Next(-2, 3),
            2 => c - limit,
            _ => (int)(0.1 * limit * Math.Sin(0.03 * i * (c + 1))) * 4,
        }).ToArray())];
    }
}
