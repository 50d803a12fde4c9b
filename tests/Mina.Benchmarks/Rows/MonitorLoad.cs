using Mina.Host.Monitor.Replay;
using Mina.Preprocess;
using Mina.Streaming.Live;
using Mina.Streaming.Simulation;

namespace Mina.Benchmarks;

/// <summary>Simulated streams sent in real time over MQTT. The signals are made beforehand and shared, so that sending costs little.</summary>
internal static class MonitorLoad
{
    public const int StreamsAConnection = 100;

    private const int Signals = 16;

    // A longer run plays them again.
    private const int SignalSeconds = 300;
    private const double StepsAMillivolt = 1000;

    /// <summary>Makes the signals of a load, which takes a while.</summary>
    /// <param name="seconds">The last second that is sent; beyond five minutes the signals are played again.</param>
    /// <returns>By signal and second: 300 samples in mV.</returns>
    public static float[][][] Make(int seconds)
    {
        RhythmEpisode[][] rhythms = [[new RhythmEpisode(0, SimulatedRhythm.Sinus)], [new RhythmEpisode(0, SimulatedRhythm.AtrialFibrillation)]];
        return [.. Enumerable.Range(0, Signals)
            .Select(i => new SimulatedStream(7, i, Shapes.Fs, rhythms[i % 8 == 0 ? 1 : 0]).Chunks(Shapes.Fs))
            .Select(chunks => chunks.Take(Math.Min(seconds, SignalSeconds)).Select(chunk => Array.ConvertAll(chunk.Samples, Convert)).ToArray())];

        // As a converter of CinC 2017's gain gives them, in steps of a microvolt; a converter knows no negative zero.
        static float Convert(float millivolts) => (float)((int)Math.Round(millivolts * StepsAMillivolt) / StepsAMillivolt);
    }

    /// <summary>Sends one chunk a second and stream, the streams spread over the second.</summary>
    /// <param name="port">The broker's.</param>
    /// <param name="signals">What <see cref="Make"/> made, for all the seconds.</param>
    /// <param name="streams">How many.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="began">When the first sample of all was taken; null: now. What was to be sent by now is sent at once.</param>
    /// <param name="from">The first second that is sent.</param>
    /// <param name="spread">
    /// Seconds over which the streams begin. Windows of 10 s every 5/3 s close in three of five seconds: of streams that begin in the same
    /// second, all in the same three.
    /// </param>
    /// <param name="sharing">How many streams share a connection.</param>
    /// <returns>How late each chunk was acknowledged, s after its last sample was taken: waiting to be sent counts.</returns>
    /// <exception cref="BenchmarkException">The monitor took one no more.</exception>
    public static async Task<double[]> SendAsync(
        int port, float[][][] signals, int streams, int seconds, DateTimeOffset? began = null, int from = 0, int spread = 0, int sharing = StreamsAConnection)
    {
        var begin = began ?? DateTimeOffset.UtcNow.AddSeconds(1);
        try
        {
            var late = await Task
                .WhenAll(Enumerable.Range(0, streams).Chunk(sharing).Select(part => Task.Run(() => ConnectionAsync(part))))
                .ConfigureAwait(false);
            return [.. late.SelectMany(one => one)];
        }
        catch (Exception e) when (e is not BenchmarkException)
        {
            throw new BenchmarkException($"the monitor took no more chunks of {streams} streams: {e.Message}");
        }

        async Task<double[]> ConnectionAsync(int[] part)
        {
            await using var target = ChunkTarget.Create($"mqtt://127.0.0.1:{port}", null);
            var sent = new List<Task<double>>(part.Length * seconds);
            for (var time = from; time < from + seconds + spread; time++)
            {
                for (var i = 0; i < part.Length; i++)
                {
                    // The streams of a hundred are spread over the second, and over the seconds of the spread.
                    var place = part[i] % StreamsAConnection;
                    var second = time - (place * spread / StreamsAConnection);
                    if (second < from || second >= from + seconds)
                        continue;

                    // A chunk goes out when its last sample is taken.
                    var start = begin.AddSeconds(time + ((double)place / StreamsAConnection));
                    var wait = start.AddSeconds(1) - DateTimeOffset.UtcNow;
                    if (wait > TimeSpan.FromMilliseconds(1))
                        await Task.Delay(wait).ConfigureAwait(false);
                    var chunk = new SampleChunk(second, start, Shapes.Fs, signals[part[i] % Signals][second % SignalSeconds]);
                    sent.Add(SendOneAsync(target, $"bed-{part[i]}", chunk));
                }
            }

            return [.. await Task.WhenAll(sent).ConfigureAwait(false)];
        }

        // The streams of a connection are devices of their own: one does not wait for the answer to another's chunk.
        static async Task<double> SendOneAsync(IChunkTarget target, string stream, SampleChunk chunk)
        {
            await target.SendAsync(stream, ChunkBinary.Write(chunk), CancellationToken.None).ConfigureAwait(false);
            return (DateTimeOffset.UtcNow - chunk.FirstSample).TotalSeconds - 1;
        }
    }
}
