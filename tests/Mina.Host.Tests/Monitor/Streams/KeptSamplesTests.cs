using Mina.Host.Monitor;
using Mina.Host.Monitor.Streams;
using Mina.Streaming.Log;
using Xunit;

namespace Mina.Host.Tests.Monitor.Streams;

/// <summary>The ECG that is read back from the log.</summary>
public sealed class KeptSamplesTests : IAsyncDisposable
{
    private const double Fs = 130;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly MemoryChunkLog _log = new();

    [Theory]
    [InlineData(128.0)]
    [InlineData(130.0)]
    [InlineData(131.0)]
    public async Task A_device_that_samples_a_little_slower_or_faster_than_it_says_has_each_sample_once_and_within_half_a_second_of_its_time(double trueFs)
    {
        await _log.OpenAsync();
        const int Chunks = 1200;
        for (var number = 0; number < Chunks; number++)
            await AppendAsync(number, TimeOf(number * 390L));
        var stretches = await ReadAsync();

        var samples = stretches.SelectMany(stretch => stretch.Millivolts).ToList();
        Assert.Equal(Enumerable.Range(0, Chunks * 390).Select(i => (float)i), samples);
        Assert.Equal(trueFs == Fs, stretches.Count == 1);
        var position = 0L;
        foreach (var stretch in stretches)
        {
            foreach (var inside in new[] { 0, stretch.Millivolts.Length - 1 })
            {
                var off = stretch.From.AddSeconds(inside / stretch.Fs) - TimeOf(position + inside);
                Assert.InRange(off.TotalSeconds, -0.5, 0.5);
            }

            position += stretch.Millivolts.Length;
        }

        DateTimeOffset TimeOf(long sample) => Start.AddSeconds(sample / trueFs);
    }

    [Fact]
    public async Task What_was_sent_again_comes_once_and_a_gap_parts_two_stretches()
    {
        await _log.OpenAsync();
        foreach (var number in new[] { 0, 1, 1, 0, 2, 4 })
            await AppendAsync(number, Start.AddSeconds(3 * number));
        Assert.Equal([(Start, 1170), (Start.AddSeconds(12), 390)], (await ReadAsync()).Select(stretch => (stretch.From, stretch.Millivolts.Length)));
    }

    [Fact]
    public async Task A_span_has_the_samples_from_its_first_instant_to_the_one_before_its_end()
    {
        await _log.OpenAsync();
        for (var number = 0; number < 4; number++)
            await AppendAsync(number, Start.AddSeconds(3 * number));
        var stretch = Assert.Single(await new KeptSamples(_log, new CutterOptions())
            .ReadAsync("bed", Start.AddSeconds(2), Start.AddSeconds(5), CancellationToken.None));
        Assert.Equal(Start.AddSeconds(2), stretch.From);
        Assert.Equal(Enumerable.Range(260, 390).Select(i => (float)i), stretch.Millivolts);
    }

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    // Three seconds, whose samples are their numbers.
    private Task AppendAsync(int number, DateTimeOffset first) =>
        _log.AppendAsync("bed", first, new SampleChunk(number, first, Fs, [.. Enumerable.Range(number * 390, 390).Select(i => (float)i)]));

    private Task<IReadOnlyList<SampleStretch>> ReadAsync() =>
        new KeptSamples(_log, new CutterOptions()).ReadAsync("bed", Start.AddHours(-1), Start.AddHours(2), CancellationToken.None);
}
