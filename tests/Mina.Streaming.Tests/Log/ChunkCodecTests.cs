using FsCheck.Xunit;
using Mina.Preprocess;
using Mina.Streaming.Log;
using Mina.Streaming.Recordings;
using Mina.Streaming.Tests.Recordings;
using Xunit;
using Xunit.Abstractions;
using ZstdSharp;

namespace Mina.Streaming.Tests.Log;

public sealed class ChunkCodecTests(ITestOutputHelper output)
{
    [Property(MaxTest = 500)]
    public void Any_chunk_comes_back_bit_for_bit(int seed)
    {
        var chunk = RandomChunks.Make(seed);
        var arrived = LogChunks.Start.AddTicks(seed);
        var bytes = new ByteWriter();
        _ = JournalRow.WriteBody(bytes, arrived, chunk, default);
        var (when, read) = JournalRow.ReadBody(bytes.Written[sizeof(uint)..]);
        Assert.Equal(arrived, when);
        LogChunks.AssertSame(chunk, read);
    }

    [Property(MaxTest = 100)]
    public void Any_chunks_of_a_stream_come_back_bit_for_bit_from_their_segments(int seed)
    {
        var random = new Random(seed);
        var chunks = Enumerable.Range(0, random.Next(1, 40)).Select(i => new LinkedChunk(
            new LoggedChunk(
                10 + (7 * i), "a stream", LogChunks.Start.AddSeconds(i), random.Next(3) > 0 ? LogChunks.Second(i, seed & 0xff) : RandomChunks.Make(seed + i)),
            i == 0 ? 0 : 3 + (7 * i))).ToList();
        using var compressor = new Compressor(Segment.Level);
        var segments = Segment.Pack("a stream", chunks, compressor).ToList();
        var read = segments.SelectMany(segment => Segment.Unpack("a stream", segment.First, segment.Last, segment.Data)).ToList();
        Assert.Equal(chunks.Count, read.Count);
        for (var i = 0; i < chunks.Count; i++)
        {
            Assert.Equal(chunks[i].Before, read[i].Before);
            Assert.Equal(chunks[i].Logged with { Chunk = read[i].Logged.Chunk }, read[i].Logged);
            LogChunks.AssertSame(chunks[i].Logged.Chunk, read[i].Logged.Chunk);
        }
    }

    [Theory]
    [InlineData(200)]
    [InlineData(1000)]
    [InlineData(204.8)]
    [InlineData(131.072)]
    [InlineData(0.37)]
    public void Samples_of_a_converter_take_about_a_byte_each(double gain)
    {
        var steps = LogChunks.Second(3).Millivolts.Select(v => (int)Math.Round(v * 200)).ToArray();
        foreach (var samples in new[] { steps.Select(s => (float)(s / gain)), steps.Select(s => (float)(s * (1 / gain))) })
        {
            var bytes = new ByteWriter();
            _ = JournalRow.WriteBody(bytes, LogChunks.Start, LogChunks.Second(3) with { Millivolts = [.. samples] }, default);
            Assert.InRange(bytes.Length, 300, 360);
        }
    }

    [Property(MaxTest = 300)]
    public void A_row_with_a_flipped_bit_gives_no_wrong_chunk(int seed)
    {
        var random = new Random(seed);
        var chunks = Enumerable.Range(0, random.Next(1, 6)).Select(i => RandomChunks.Make(seed + i) with { Millivolts = [1, 2, 3.5f] }).ToList();
        var (row, header) = (new ByteWriter(), new ByteWriter());
        JournalRow.Write(row, header, 50, [.. chunks.Select((chunk, i) =>
        {
            var body = new ByteWriter();
            _ = JournalRow.WriteBody(body, LogChunks.Start, chunk, default);
            return ($"s{i}", (long)i, body.Written.ToArray());
        })]);
        var flipped = row.Written.ToArray();
        var bit = random.Next(8 * flipped.Length);
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        var entries = JournalRow.Read(50, flipped);
        Assert.True(entries is null || entries.Count(entry => entry.Body is null) == 1, "a flipped bit was not found");
        foreach (var entry in entries ?? [])
        {
            if (entry.Body is { } body)
                LogChunks.AssertSame(chunks[(int)(entry.Offset - 50)], JournalRow.ReadBody(flipped.AsSpan(body)).Chunk);
        }
    }

    [SkippableTheory]
    [InlineData("mitdb", "", 1.2, 0.7)]
    [InlineData("cinc2017", "training2017.zip", 1.3, 0.7)]
    // These were scaled to the whole range of 16 bits: the low ones are noise.
    [InlineData("cpsc2021", "", 3.0, 2.0)]
    public void Real_recordings_take_few_bytes_a_sample_and_fewer_when_they_are_packed(string set, string file, double most, double mostPacked)
    {
        using var folder = RecordingFolder.Open(SharedData.PathOf(set, file));
        using var compressor = new Compressor(Segment.Level);
        long samples = 0, journal = 0, packed = 0;
        foreach (var recording in folder.Entries.Take(8).Select(entry => entry.Read(new ReadOptions()).Recording).OfType<Recording>())
        {
            var fs = (int)recording.Fs;
            var seconds = recording.Samples.Chunk(fs).Take(1800)
                .Select((millivolts, i) => new SampleChunk(i, LogChunks.Start.AddSeconds(i), fs, millivolts)).ToList();
            samples += seconds.Sum(second => second.Millivolts.Length);
            var hint = default(SampleStep);
            var bytes = new ByteWriter();
            foreach (var second in seconds)
                hint = JournalRow.WriteBody(bytes, LogChunks.Start, second, hint);
            journal += bytes.Length;
            foreach (var minute in seconds.Chunk(60))
            {
                var chunks = minute.Select(second => new LinkedChunk(new LoggedChunk(second.Sequence + 1, "s", second.FirstSample, second), second.Sequence));
                packed += Segment.Pack("s", [.. chunks], compressor).Sum(segment => segment.Data.Length);
            }
        }

        var (fresh, kept) = (journal / (double)samples, packed / (double)samples);
        output.WriteLine($"{set}: {samples} samples, {fresh:0.000} bytes each in the journal, {kept:0.000} packed");
        Assert.InRange(fresh, 0.9, most);
        Assert.InRange(kept, 0.3, mostPacked);
    }
}
