using System.Text;
using FsCheck.Xunit;
using Mina.Streaming.Live;
using Xunit;

namespace Mina.Streaming.Tests.Live;

/// <summary>Messages of devices, binary and JSON.</summary>
public sealed class ChunkMessageTests
{
    [Property]
    public void A_float_message_arrives_bit_for_bit(long sequence, ushort hz, float[] samples, bool end)
    {
        var chunk = new SampleChunk(
            Math.Abs(sequence / 2), Signals.Start.AddMilliseconds(hz), 50 + hz, [1, .. samples.Select(v => float.IsFinite(v) ? v : float.NaN)], end);
        Assert.True(ChunkMessage.TryRead(ChunkBinary.Write(chunk), out var read, out var error), error);
        Assert.Equal(chunk with { Millivolts = read.Millivolts }, read);
        Assert.Equal(chunk.Millivolts, read.Millivolts);
    }

    [Property]
    public void No_bytes_whatever_make_the_reader_throw(byte[] bytes, bool header, byte at, byte value)
    {
        var message = header ? [.. ChunkBinary.Write(new SampleChunk(1, Signals.Start, 250, [1, 2])), .. bytes] : bytes;
        if (message.Length > 0)
            message[at % message.Length] = value;
        if (!ChunkMessage.TryRead(message, out _, out var error))
            Assert.NotEmpty(error);
    }

    [Theory]
    [InlineData(1999, false)]
    [InlineData(2000, true)]
    [InlineData(2199, true)]
    [InlineData(2200, false)]
    public void A_time_between_the_years_that_the_message_names_is_taken(int year, bool isTaken)
    {
        var chunk = new SampleChunk(1, new DateTimeOffset(year, 12, 31, 0, 0, 0, TimeSpan.Zero), 250, [1, 2]);
        Assert.Equal(isTaken, ChunkMessage.TryRead(ChunkBinary.Write(chunk), out _, out var error));
        Assert.Equal(isTaken ? null : "the first sample's time is not between the years 2000 and 2200", error);
    }

    [Fact]
    public void An_int16_message_is_as_fine_as_its_gain_and_keeps_what_is_missing()
    {
        var chunk = new SampleChunk(7, Signals.Start, 360, [0.5f, -1.25f, float.NaN, 200f]);
        Assert.True(ChunkMessage.TryRead(ChunkBinary.WriteInt16(chunk, 200), out var read, out _));
        Assert.Equal([0.5f, -1.25f, float.NaN, 32767 / 200f], read.Millivolts);
    }

    [Fact]
    public void The_binary_message_is_laid_out_as_documented()
    {
        var message = ChunkBinary.WriteInt16(new SampleChunk(258, DateTimeOffset.UnixEpoch.AddSeconds(1), 250, [0.01f], End: true), 100);
        Assert.Equal("4D494E41" + "01" + "00" + "00" + "01" + "0201000000000000" + "40420F0000000000" + "0000000000406F40" + "0000000000005940" + "0100",
            Convert.ToHexString(message));
    }

    [Fact]
    public void JSON_says_the_same()
    {
        const string Json = """{"seq":3,"time":"2026-01-01T13:00:00+01:00","fs":250,"unit":"uV","gain":2,"samples":[1000,null,-500]}""";
        Assert.True(ChunkMessage.TryRead(Encoding.UTF8.GetBytes(Json), out var read, out var error), error);
        Assert.Equal((3L, Signals.Start, 250.0, false), (read.Sequence, read.FirstSample, read.Fs, read.End));
        Assert.Equal([0.5f, float.NaN, -0.25f], read.Millivolts);
    }

    [Theory]
    [InlineData("2026-01-01T12:00:00")]
    [InlineData("2026-10-25T02:30:00.5")]
    [InlineData("2026-01-01")]
    [InlineData("2026-01-01 12:00:00Z")]
    [InlineData("now")]
    public void A_time_without_its_zone_is_refused_because_it_would_mean_another_instant_on_every_server(string time)
    {
        var json = $$"""{"seq":3,"time":"{{time}}","fs":250,"samples":[1]}""";
        Assert.False(ChunkMessage.TryRead(Encoding.UTF8.GetBytes(json), out _, out var error));
        Assert.Contains("with its zone", error);
    }

    [Theory]
    [InlineData("2026-01-01T12:00:00Z")]
    [InlineData("2026-01-01T12:00:00.000+00:00")]
    [InlineData("2026-01-01T06:30:00-05:30")]
    public void A_time_with_its_zone_is_that_instant(string time)
    {
        Assert.True(ChunkMessage.TryRead(Encoding.UTF8.GetBytes($$"""{"seq":3,"time":"{{time}}","fs":250,"samples":[1]}"""), out var read, out _));
        Assert.Equal(Signals.Start, read.FirstSample);
    }

    [Theory]
    [InlineData("", "neither")]
    [InlineData("hello", "neither")]
    [InlineData("{", "JSON")]
    [InlineData("{}", "needs seq")]
    [InlineData("""{"seq":0,"time":"2026-01-01T12:00:00Z","fs":1,"samples":[1]}""", "frequency")]
    [InlineData("""{"seq":-1,"time":"2026-01-01T12:00:00Z","fs":250,"samples":[1]}""", "negative")]
    [InlineData("""{"seq":0,"time":"1026-01-01T12:00:00Z","fs":250,"samples":[1]}""", "2000")]
    [InlineData("""{"seq":0,"time":"2026-01-01T12:00:00Z","fs":250,"samples":[]}""", "no samples")]
    [InlineData("""{"seq":0,"time":"2026-01-01T12:00:00Z","fs":250,"unit":"kg","samples":[1]}""", "unit")]
    [InlineData("""{"version":2,"seq":0,"time":"2026-01-01T12:00:00Z","fs":250,"samples":[1]}""", "version")]
    public void A_wrong_message_is_told_what_is_wrong(string message, string says)
    {
        Assert.False(ChunkMessage.TryRead(Encoding.UTF8.GetBytes(message), out _, out var error));
        Assert.Contains(says, error);
    }
}
