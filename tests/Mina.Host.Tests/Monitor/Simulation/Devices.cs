namespace Mina.Host.Tests.Monitor.Simulation;

/// <summary>What may go wrong in a simulated run.</summary>
[Flags]
internal enum Troubles
{
    None = 0,
    Network = 1,
    Kills = 2,
    Store = 4,
    StoreLoss = 8,
    Log = 16,
    Classifier = 32,
    Hostile = 64,
}

/// <summary>How bad the world is for a device.</summary>
/// <param name="Drop">Chance of a chunk to be lost before it reaches the monitor.</param>
/// <param name="Duplicate">Chance of a chunk to come twice.</param>
/// <param name="Delay">Seconds that a chunk takes at most.</param>
/// <param name="Trouble">Chance, for each chunk, that the device's clock steps or stands, or that the device is switched off and on.</param>
internal sealed record DeviceFaults(double Drop, double Duplicate, double Delay, double Trouble)
{
    public static DeviceFaults Calm { get; } = new(0, 0, 0.3, 0);

    public static DeviceFaults Rough { get; } = new(0.03, 0.06, 2.5, 0.03);
}

/// <summary>A simulated device: what it sends, and when that reaches the monitor for the first time; made from a seed alone.</summary>
internal static class Devices
{
    /// <summary>The chunks of a device, in the order in which they arrive.</summary>
    public static IReadOnlyList<(TimeSpan At, SampleChunk Chunk)> Arrivals(int seed, double seconds, DeviceFaults faults)
    {
        var random = new Random(seed);
        bool Chance(double share) => random.NextDouble() < share;

        double[] frequencies = [128, 250, 300];
        var fs = frequencies[random.Next(3)];
        var length = 0.5 + (2 * random.NextDouble());
        var onset = seconds * random.NextDouble();
        var offset = onset + 20 + (45 * random.NextDouble());
        var clock = World.Epoch.AddSeconds(random.Next(-100, 100));
        var standing = 0;
        var sequence = Chance(0.2) ? random.Next(1000) : 0L;
        var now = 0.0;
        var beat = 0.6 + (0.4 * random.NextDouble());
        var arrivals = new List<(TimeSpan At, SampleChunk Chunk)>();
        while (now < seconds)
        {
            var count = Math.Max(1, (int)(length * fs));
            var ends = Chance(faults.Trouble / 4);
            var chunk = new SampleChunk(sequence, clock, fs, Samples(random, fs, count, now, beat, onset, offset), ends);
            now += count / fs;
            if (!Chance(faults.Drop))
                arrivals.Add((TimeSpan.FromSeconds(now + (faults.Delay * random.NextDouble() * random.NextDouble())), chunk));
            if (Chance(faults.Duplicate))
                arrivals.Add((TimeSpan.FromSeconds(now + (3 * faults.Delay * random.NextDouble())), chunk));
            sequence++;
            if (standing > 0)
                standing--;
            else
                clock = clock.AddSeconds(count / fs);
            if (!Chance(faults.Trouble))
                continue;
            switch (random.Next(5))
            {
                case 0:
                    clock = clock.AddSeconds(random.Next(-80, 80));
                    break;
                case 1:
                    standing = random.Next(20);
                    break;
                case 2:
                    clock = clock.AddSeconds(random.NextDouble() - 0.5);
                    break;
                case 3:
                    // Switched off for a while; it counts from 0 again.
                    var off = 90 * random.NextDouble();
                    now += off;
                    clock = clock.AddSeconds(off);
                    sequence = 0;
                    break;
                default:
                    sequence += random.Next(6);
                    break;
            }
        }

        return [.. arrivals.OrderBy(arrival => arrival.At)];
    }

    /// <summary>What a hostile device sends, in the order in which it arrives.</summary>
    public static IReadOnlyList<(TimeSpan At, SampleChunk Chunk)> HostileArrivals(int seed, double seconds)
    {
        var random = new Random(seed);
        // Half of its steps are good chunks, so that there is a life to disturb.
        var steps = new byte[300];
        random.NextBytes(steps);
        for (var i = 0; i < steps.Length; i++)
            steps[i] = random.Next(2) == 0 ? (byte)0 : steps[i];
        var device = new HostileDevice(steps, World.Epoch.AddSeconds(random.Next(-100, 100)));
        var now = TimeSpan.Zero;
        var arrivals = new List<(TimeSpan At, SampleChunk Chunk)>();
        while (!device.IsOver && now < TimeSpan.FromSeconds(seconds))
        {
            if (device.Do(device.Next()) is not { } chunk)
                continue;
            // Some come faster than time passes, as what a device kept while it was cut off.
            now += random.Next(4) == 0 ? TimeSpan.FromMilliseconds(50) : chunk.Duration;
            arrivals.Add((now, chunk));
        }

        return arrivals;
    }

    /// <summary>The classifier's stand-in: no beats are AF, and any changed sample changes the digits.</summary>
    public static float[] Predict(Preprocess.SegmentBatch batch)
    {
        var answers = new float[batch.Count];
        for (var row = 0; row < batch.Count; row++)
        {
            var x = batch.X.AsSpan(row * Preprocess.Shapes.Window, Preprocess.Shapes.Window);
            var (highest, digits) = (0f, 0.0);
            for (var i = 0; i < x.Length; i++)
            {
                highest = Math.Max(highest, x[i]);
                digits += x[i] * (i % 7);
            }

            answers[row] = (float)((highest < 3 ? 0.9 : 0.05) + (0.05 * (Math.Abs(digits) % 1)));
        }

        return answers;
    }

    // Narrow beats; a slow wave while the patient has AF.
    private static float[] Samples(Random random, double fs, int count, double from, double beat, double onset, double offset)
    {
        var samples = new float[count];
        for (var i = 0; i < count; i++)
        {
            var second = from + (i / fs);
            var phase = (second % beat) - 0.1;
            samples[i] = (float)((second > onset && second < offset ? 0.5 * Math.Sin(12 * Math.PI * second) : Math.Exp(-phase * phase / 0.0003))
                + (0.02 * random.NextDouble()));
        }

        return samples;
    }
}
