namespace Mina.Tests;

/// <summary>
/// A device that does what no device should, spelt by bytes: end flags anywhere, numbers that repeat, skip and start again, clocks that
/// stand, step and run, frequencies that change, samples that are no numbers.
/// </summary>
/// <param name="input">What it does, step by step; one step takes one byte or a few.</param>
/// <param name="start">Its clock at first.</param>
internal sealed class HostileDevice(byte[] input, DateTimeOffset start)
{
    /// <summary>How many kinds of steps there are; a byte is one of them by its remainder.</summary>
    public const int Kinds = 24;

    private static readonly double[] Frequencies = [50, 62.5, 128, 250, 300, 360, 499.97, 1000];
    private static readonly long[] Sequences = [0, 1, 63, 64, 65, 1_000_000, 1L << 62, long.MaxValue - 1, long.MaxValue];
    private static readonly float[] Values = [0, float.NaN, 1e30f, -1e30f, float.MaxValue, float.PositiveInfinity, float.NegativeInfinity, 32767];

    private int _at;
    private DateTimeOffset _clock = start;
    private SampleChunk? _last;
    private double _fs = 300;
    private long _sequence;

    /// <summary>Whether it has done all that it was told.</summary>
    public bool IsOver => _at >= input.Length;

    /// <summary>The next byte; 0 at the end.</summary>
    public byte Next() => _at < input.Length ? input[_at++] : (byte)0;

    /// <summary>Does a step.</summary>
    /// <param name="what">Which; kinds that are not the device's own are chunks of three good seconds.</param>
    /// <returns>What it sends, however wrong; null: nothing.</returns>
    public SampleChunk? Do(byte what)
    {
        switch (what % Kinds)
        {
            case 6:
                return _last ?? Chunk(Samples(), false);
            case 7:
                return Send(Samples(), end: true);
            case 8:
                _clock += TimeSpan.FromSeconds((sbyte)Next());
                return null;
            case 9:
                _clock -= TimeSpan.FromSeconds(1);
                return Send(Samples(), false);
            case 10:
                _fs = Frequencies[Next() % Frequencies.Length];
                return null;
            case 11:
                _sequence = Math.Max(0, _sequence + (sbyte)Next());
                return null;
            case 12:
                _sequence = Sequences[Next() % Sequences.Length];
                return null;
            case 17:
                var first = Next();
                return Send([.. Samples().Select((_, i) => Values[(i + first) % Values.Length])], false);
            case 21:
                return Send([], end: true);
            case 23:
                _clock += TimeSpan.FromDays((sbyte)Next());
                return null;
            default:
                return Send(Samples(), false);
        }
    }

    // Three seconds of beats.
    private float[] Samples()
    {
        var samples = new float[(int)(3 * _fs)];
        for (var i = 0; i < samples.Length; i++)
        {
            var beat = ((i / _fs) + _clock.Second) % 0.8;
            samples[i] = (float)Math.Exp(-(beat - 0.3) * (beat - 0.3) / 0.0003) + (i % 7 / 100f);
        }

        return samples;
    }

    private SampleChunk Chunk(float[] samples, bool end) => new(_sequence, _clock, _fs, samples, end);

    private SampleChunk Send(float[] samples, bool end)
    {
        _last = Chunk(samples, end);
        _sequence = _sequence == long.MaxValue ? 0 : _sequence + 1;
        _clock = _last.Until;
        return _last;
    }
}
