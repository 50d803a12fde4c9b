using FsCheck.Xunit;
using Mina.Preprocess;
using Mina.Streaming.Live;
using Xunit;

namespace Mina.Streaming.Tests.Live;

/// <summary>Converters sample a little faster or slower than they say. What a stream says of times follows the times of its chunks.</summary>
public sealed class DeviceClockTests
{
    private const double Nominal = 130;
    private const double Stride = 500.0 / 300;

    [Property(MaxTest = 12)]
    public void Over_an_hour_windows_and_the_last_sample_keep_to_the_chunks_times_well_within_a_stride(int rate, int seed)
    {
        // 128 to 131 Hz for a nominal 130, as chest straps do.
        var (random, trueFs) = (new Random(seed), 128 + (Math.Abs(rate % 301) / 100.0));
        var length = (int)(Nominal * new[] { 0.2, 1, 5, 12 }[random.Next(4)]);
        var jitter = random.Next(2) * 0.1;
        var stream = Stream();
        var windows = new List<CutWindow>();
        var tools = Tools();
        var samples = 0;
        for (var number = 0; samples < 3600 * trueFs; number++, samples += length)
            windows.AddRange(stream.Cut(Chunk(number, samples / trueFs + (jitter * ((2 * random.NextDouble()) - 1)), length), tools));

        Assert.Equal(1, stream.Cutter.Sessions);
        Assert.All(windows, window => Assert.InRange(window.StartSeconds - (window.Number * Stride * Nominal / trueFs), -0.8 - jitter, 0.8 + jitter));
        Assert.InRange((stream.Cutter.Session!.Until - Signals.Start).TotalSeconds - (samples / trueFs), -0.8 - jitter, 0.8 + jitter);
        Assert.All(windows.Zip(windows.Skip(1)), pair => Assert.True(pair.Second.StartSeconds > pair.First.StartSeconds));
        Assert.All(windows, window => Assert.Equal(WindowFault.None, window.Fault));
    }

    [Theory]
    [InlineData(129.7, true)]
    [InlineData(129.7, false)]
    [InlineData(130.3, true)]
    [InlineData(130.3, false)]
    [InlineData(128.0, false)]
    [InlineData(130, true)]
    public void A_dropout_of_a_second_after_an_hour_is_a_gap_of_a_second(double trueFs, bool isNumbered)
    {
        var (stream, tools) = (Stream(), Tools());
        var length = (int)Nominal;
        for (var number = 0; number < 3600; number++)
            stream.Cut(Chunk(number, number * length / trueFs, length), tools);
        var lost = stream.Cutter.Session!.Until;
        for (var i = 0; i < 20; i++)
            stream.Cut(Chunk(3600 + i + (isNumbered ? 1 : 0), (3600 * length / trueFs) + 1 + (i * length / trueFs), length), tools);

        var (_, trace) = stream.Trace(lost.AddSeconds(-5), lost.AddSeconds(6));
        // The resampler's filter misses 0.15 s more at the gap's edges.
        Assert.InRange(trace.Count(float.IsNaN) / 300.0, 1.12, 1.18);
        Assert.Equal(1, stream.Cutter.Sessions);
    }

    [Fact]
    public void A_stream_with_such_an_fs_goes_on_after_a_snapshot_bit_for_bit_and_its_windows_can_be_made_again()
    {
        var (stream, tools) = (Stream(), Tools());
        var whole = new List<CutWindow>();
        var parts = new List<CutWindow>();
        var cutter = StreamCutter.Start;
        for (var number = 0; number < 600; number++)
        {
            var chunk = Chunk(number, number * 130 / 128.5, 130);
            whole.AddRange(stream.Cut(chunk, tools));
            if (number % 50 == 0)
                cutter = Restored(cutter);
            cutter = cutter.Take(chunk, tools, parts);
        }

        Assert.Equal(whole.Select(Plain), parts.Select(Plain));
        var last = whole[^3];
        var made = new Segments();
        made.Resize(1);
        tools.Segment(last, made, 0);
        Assert.Equal(made.X, stream.Cutter.Segment(last.Start, tools)!.X);
    }

    private static (long, double, DateTimeOffset, long) Plain(CutWindow window) => (window.Number, window.StartSeconds, window.Start, window.Position);

    private static StreamCutter Restored(StreamCutter cutter)
    {
        var writer = new SnapshotWriter(3);
        CutterSnapshot.Write(writer, cutter);
        return CutterSnapshot.Read(new SnapshotReader(writer.ToArray(), 3));
    }

    private static CutStream Stream() => new(new LiveOptions());

    // Only what is missing makes a window unclassifiable, so that an hour is cut in a moment.
    private static CutterTools Tools() => new(new CutterOptions
    {
        Check = samples => Missing(samples) ? WindowFault.Gap : WindowFault.None,
        KeptSeconds = 80,
    });

    private static bool Missing(ReadOnlySpan<float> samples)
    {
        foreach (var v in samples)
        {
            if (float.IsNaN(v))
                return true;
        }

        return false;
    }

    private static SampleChunk Chunk(long number, double seconds, int length)
    {
        var samples = new float[length];
        for (var i = 0; i < length; i++)
            samples[i] = i % 100 == 0 ? 1 : i % 7 / 100f;
        return new SampleChunk(number, Signals.Start.AddSeconds(seconds), Nominal, samples);
    }
}
