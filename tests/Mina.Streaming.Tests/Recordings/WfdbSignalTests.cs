using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats.Wfdb;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

public class WfdbSignalTests
{
    [Property]
    public Property Every_format_gives_back_what_was_encoded_whatever_the_layout()
    {
        var cases =
            from format in Gen.Elements(WfdbEncoder.Formats)
            from perFrame in Gen.ListOf(Gen.Choose(1, 3), 3)
            from frames in Gen.Choose(1, 40)
            from signal in Gen.Choose(0, 2)
            from offset in Gen.Elements(0, 5, 24)
            from skew in Gen.Choose(0, 2)
            from seed in Gen.Choose(0, 1_000_000)
            select (format, perFrame: perFrame.ToArray(), frames, signal, offset, skew: Math.Min(skew, frames - 1), seed);
        return Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var random = new Random(c.seed);
            var limit = c.format.Bits >= 24 ? 1 << 22 : 1 << (c.format.Bits - 1);
            var frame = c.perFrame.Sum();
            var samples = Enumerable.Range(0, frame * c.frames).Select(_ => random.Next(-limit, limit)).ToArray();
            byte[] file = [.. new byte[c.offset], .. WfdbEncoder.Encode(c.format.Format, samples)];
            var lines = c.perFrame.Select((n, i) => $"r.dat {c.format.Format}x{n}{(i == c.signal ? $":{c.skew}" : "")}+{c.offset} 1/mV");
            Assert.True(WfdbHeader.TryParse($"r 3 100 {c.frames}\n{string.Join('\n', lines)}\n", out var header, out var error), error);
            Assert.True(Decoding.TryDecode(header, c.signal, file, out var decoded, out var fault), fault?.Message);

            var first = c.perFrame.Take(c.signal).Sum();
            var missing = c.format.Bits >= 24 ? int.MinValue : -limit;
            var expected = new List<float>();
            for (var f = c.skew; f < c.frames; f++)
            {
                for (var k = 0; k < c.perFrame[c.signal]; k++)
                {
                    var value = samples[f * frame + first + k];
                    expected.Add(value == missing ? float.NaN : value);
                }
            }

            Assert.Equal(expected, decoded);
        });
    }

    [Theory]
    [InlineData(16, -32768)]
    [InlineData(61, -32768)]
    [InlineData(80, -128)]
    [InlineData(212, -2048)]
    [InlineData(310, -512)]
    [InlineData(311, -512)]
    [InlineData(24, -8388608)]
    public void The_lowest_value_of_a_format_marks_a_missing_sample(int format, int missing)
    {
        var decoded = Decode($"r 1 100 3\nr.dat {format} 1/mV\n", WfdbEncoder.Encode(format, [5, missing, missing + 1]));
        Assert.Equal([5, float.NaN, missing + 1], decoded);
    }

    [Theory]
    [InlineData("100(50)/mV", 0.5)]
    [InlineData("100(50)/uV", 0.0005)]
    [InlineData("100(50)/V", 500)]
    [InlineData("100(50)/adu", 0.5)]
    public void Samples_are_millivolts_whatever_unit_the_header_has(string gain, double expected) =>
        Assert.Equal((float)expected, Decode($"r 1 100 1\nr.dat 16 {gain}\n", WfdbEncoder.Encode(16, [100]))[0]);

    [Fact]
    public void A_header_without_length_takes_what_the_file_holds() =>
        Assert.Equal([1, 3], Decode("r 2 100\nr.dat 16 1\nr.dat 16 1\n", WfdbEncoder.Encode(16, [1, 2, 3, 4, 5])));

    [Fact]
    public void Zeros_up_to_a_disk_block_are_no_extra_samples()
    {
        var padded = new byte[512];
        WfdbEncoder.Encode(16, [1, 2, 3]).CopyTo(padded, 0);
        Assert.Equal([1, 2, 3], Decode("r 1 100 3\nr.dat 16 1\n", padded));
    }

    [Theory]
    [InlineData("r 1 100 5\nr.dat 16 1\n", 8, RejectionReason.LengthMismatch, "holds 4 samples where its header says 5: the file is cut off, get it again")]
    [InlineData(
        "r 1 100 3\nr.dat 16 1\n",
        8,
        RejectionReason.LengthMismatch,
        "holds 4 samples where its header says 3: one of the two belongs to another recording, get both again")]
    [InlineData(
        "r 1 100 9999999999999999\nr.dat 16 1\n",
        8,
        RejectionReason.LengthMismatch,
        "holds 4 samples where its header says 9999999999999999: the file is cut off, get it again")]
    [InlineData(
        "r 1 100 3\nr.dat 16+24 1\n",
        8,
        RejectionReason.UnreadableSignal,
        "is only 8 bytes long, but its samples should begin at byte 24: get the file again")]
    [InlineData("r 1 100\nr.dat 16 1\n", 0, RejectionReason.UnreadableSignal, "is only 0 bytes long: get the file again")]
    [InlineData("r 1 100\nr.dat 16 1\n", 1, RejectionReason.UnreadableSignal, "holds no samples (1 bytes): get the file again")]
    [InlineData(
        "r 1 100 4\nr.dat 99 1\n",
        4,
        RejectionReason.UnreadableSignal,
        "is stored in WFDB format 99, which is not supported (supported: 8, 16, 24, 32, 61, 80, 160, 212, 310, 311, 508, 516, 524): "
            + "convert it with WFDB's xform")]
    [InlineData(
        "r 1 100 100\nr.mat 16+24 1\n",
        224,
        RejectionReason.UnreadableSignal,
        "is not a MATLAB (level 4) file, as its header says it is: get the file again")]
    public void A_file_that_does_not_fit_its_header_is_rejected_by_name(string header, int bytes, RejectionReason reason, string message)
    {
        Assert.True(WfdbHeader.TryParse(header, out var parsed, out _));
        Assert.False(Decoding.TryDecode(parsed, 0, Enumerable.Repeat((byte)'x', bytes).ToArray(), out _, out var fault));
        Assert.Equal((reason, message), (fault.Reason, fault.Message));
    }

    [Property]
    public void No_bytes_and_no_header_of_ours_make_it_throw(byte[] file, NonNegativeInt length, PositiveInt perFrame, byte skew)
    {
        foreach (var (format, _) in WfdbEncoder.Formats)
        {
            if (WfdbHeader.TryParse($"r 2 100 {length.Get}\nr.dat {format}x{perFrame.Get}:{skew} 1\nr.dat {format} 1\n", out var header, out _))
                Assert.Equal(Decoding.TryDecode(header, 0, file, out var samples, out var fault), samples is not null && fault is null);
        }
    }

    private static float[] Decode(string header, byte[] file)
    {
        Assert.True(WfdbHeader.TryParse(header, out var parsed, out var error), error);
        Assert.True(Decoding.TryDecode(parsed, 0, file, out var samples, out var fault), fault?.Message);
        return samples;
    }
}
