using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Mina.Preprocess;
using Mina.Streaming.Simulation;
using Xunit;

namespace Mina.Streaming.Tests.Simulation;

public class SimulatorTests
{
    private const double Fs = 300;

    [Property(MaxTest = 30)]
    public void Equal_seed_and_index_give_an_equal_recording_and_another_seed_another(ulong seed, byte index)
    {
        var options = new SimulationOptions { Seed = seed, Count = 256, MinSeconds = 2, MaxSeconds = 4 };
        var first = Simulator.Make(options, index);
        var again = Simulator.Make(options, index);
        Assert.Equal(first.Samples, again.Samples);
        Assert.Equal(first.Beats, again.Beats);
        Assert.Equal(first.Rhythms, again.Rhythms);
        Assert.NotEqual(first.Samples, Simulator.Make(options with { Seed = seed + 1 }, index, first.Label).Samples);
        Assert.NotEqual(first.Samples, Simulator.Make(options, index ^ 1, first.Label).Samples);
    }

    [Property(MaxTest = 40)]
    public void Recordings_are_finite_in_range_and_annotated_in_order(ulong seed)
    {
        var options = new SimulationOptions
        {
            Seed = seed,
            Count = 4,
            AF = 0.25,
            Other = 0.25,
            Noisy = 0.25,
            MinSeconds = 10,
            MaxSeconds = 35,
            Paroxysmal = 0.5
        };
        for (var i = 0; i < options.Count; i++)
        {
            var recording = Simulator.Make(options, i);
            Assert.InRange(recording.Samples.Length, 3000, 35 * 300);
            Assert.All(recording.Samples, x => Assert.InRange(x, -32f, 32f));
            Assert.InRange(recording.Beats.Count, recording.Samples.Length / Fs * 0.5, recording.Samples.Length / Fs * 3);
            Assert.All(recording.Beats.Zip(recording.Beats.Skip(1)), p => Assert.True(p.First.Sample < p.Second.Sample));
            Assert.InRange(recording.Beats[^1].Sample, 0, recording.Samples.Length - 1);
            Assert.Equal(0, recording.Rhythms[0].Sample);
            if (recording.Label != Label.Noisy) Assert.Equal(recording.Label == Label.AF, recording.Rhythms.Any(r => r.Aux == "(AFIB"));
        }
    }

    [Property]
    public void There_are_as_many_of_each_label_as_asked_for(ulong seed, byte more)
    {
        var options = new SimulationOptions { Seed = seed, Count = 1 + more, AF = 0.25, Other = 0.175, Noisy = 0.075 };
        var labels = Simulator.LabelsOf(options);
        Assert.Equal(options.Count, labels.Count);
        foreach (var (label, share) in new[] { (Label.AF, 0.25), (Label.Other, 0.175), (Label.Noisy, 0.075) })
            Assert.InRange(labels.Count(l => l == label), share * options.Count - 0.51, share * options.Count + 0.51);
    }

    [Fact]
    public void Fibrillating_hearts_are_irregular_without_memory_and_sinus_ones_are_not()
    {
        for (var index = 0; index < 10; index++)
        {
            var af = Rr(Long(index, SimulatedRhythm.AtrialFibrillation));
            var sinus = Rr(Long(index, SimulatedRhythm.Sinus));
            Assert.True(Spread(af) > 0.13, $"{index}: {Spread(af)}");
            Assert.True(Spread(sinus) < 0.08, $"{index}: {Spread(sinus)}");
            // 250 beats and more: three standard errors of a correlation of 0
            Assert.InRange(Serial(af), -0.19, 0.19);
            Assert.All(af, rr => Assert.True(rr >= 0.29));
        }
    }

    [Fact]
    public void There_is_a_P_wave_before_a_sinus_beat_and_none_before_a_fibrillating_one()
    {
        var compared = 0;
        for (var index = 0; index < 14; index++)
        {
            // a fast heart has the T wave of the beat before where its P wave would be
            if (BeforeBeats(Long(index, SimulatedRhythm.Sinus)) is not { } sinus
                || BeforeBeats(Long(index, SimulatedRhythm.AtrialFibrillation)) is not { } af) continue;
            Assert.True(af < 0.25 * sinus, $"{index}: {af} against {sinus}");
            compared++;
        }

        Assert.InRange(compared, 5, 14);
    }

    [Fact]
    public void Fibrillatory_waves_have_their_power_at_4_to_9_Hz()
    {
        // in a long pause, well away from QRS and T, there is nothing but these waves
        double inside = 0, outside = 0;
        var pauses = 0;
        for (var index = 0; index < 10; index++)
        {
            var recording = Long(index, SimulatedRhythm.AtrialFibrillation);
            foreach (var (a, b) in recording.Beats.Zip(recording.Beats.Skip(1)))
            {
                if (b.Sample - a.Sample < 330) continue;
                pauses++;
                var gap = recording.Samples.AsSpan((int)b.Sample - 165, 150).ToArray();
                for (var k = 2; k < 20; k++) // 2 Hz apart
                {
                    if (k <= 5) inside += Power(gap, k);
                    else outside += Power(gap, k);
                }
            }
        }

        Assert.True(pauses > 50);
        Assert.True(inside > 4 * outside, $"{inside} against {outside}");
    }

    [Fact]
    public void Premature_ventricular_beats_come_early_are_wide_and_are_followed_by_a_pause()
    {
        var recording = Long(3, SimulatedRhythm.VentricularEctopy);
        var early = Enumerable.Range(1, recording.Beats.Count - 2).Where(i => recording.Beats[i].Type == SimulatedBeatType.PrematureVentricular).ToList();
        Assert.True(early.Count > 20);
        Assert.All(early, i =>
        {
            var (before, after) = (recording.Beats[i].Sample - recording.Beats[i - 1].Sample, recording.Beats[i + 1].Sample - recording.Beats[i].Sample);
            Assert.True(before < 0.75 * (before + after) / 2 && after > 1.2 * (before + after) / 2);
        });
    }

    [Property(MaxTest = 30)]
    public Property A_stream_is_the_same_whatever_the_size_of_its_chunks()
    {
        var sizes = Gen.NonEmptyListOf(Gen.Choose(1, 700)).Select(s => s.ToArray());
        return Prop.ForAll(sizes.ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), (chunks, seed) =>
        {
            var stream = new SimulatedStream(
                (ulong)seed, 1, Fs, [new(0, SimulatedRhythm.Sinus), new(1.5, SimulatedRhythm.AtrialFibrillation), new(4, SimulatedRhythm.Sinus)]);
            var whole = stream.Chunks(2400).First();
            var pieces = stream.Chunks(chunks[0]).Take((2400 + chunks[0] - 1) / chunks[0]).ToList();
            Assert.Equal(whole.Samples, pieces.SelectMany(p => p.Samples).Take(2400));
            Assert.Equal(whole.Beats, pieces.SelectMany(p => p.Beats).Where(b => b.Sample < 2400));
            Assert.Equal(whole.Rhythms, pieces.SelectMany(p => p.Rhythms));
            Assert.All(pieces.Select((p, i) => (p.Start, i)), p => Assert.Equal((long)p.i * chunks[0], p.Start));
        });
    }

    [Fact]
    public void A_paroxysm_is_annotated_where_it_begins_and_ends()
    {
        var recording = Simulator.Make(
            "p", 1, 1, Fs, 9000, [new(0, SimulatedRhythm.Sinus), new(10, SimulatedRhythm.AtrialFibrillation), new(20, SimulatedRhythm.Sinus)], Label.AF);
        Assert.Equal([new(0, "(N"), new(3000, "(AFIB"), new(6000, "(N")], recording.Rhythms);
    }

    [Fact]
    public void A_noisy_recording_buries_the_heart_and_a_normal_one_does_not()
    {
        for (var i = 0; i < 10; i++)
        {
            RhythmEpisode[] sinus = [new(0, SimulatedRhythm.Sinus)];
            var clean = Simulator.Make("c", 8, i, Fs, 9000, sinus, Label.Normal);
            var noisy = Simulator.Make("n", 8, i, Fs, 9000, sinus, Label.Noisy);
            Assert.Equal(clean.Beats, noisy.Beats);
            Assert.True(Roughness(noisy) > 2 * Roughness(clean), $"{i}: {Roughness(noisy)} against {Roughness(clean)}");
        }
    }

    [Theory]
    [InlineData(0, 10, 60, 0.2, "count should be 1 to 99999")]
    [InlineData(3, 60, 10, 0.2, "seconds should be above 0 and up to 86400, the shorter first, e.g. 10-60")]
    [InlineData(3, 10, 60, 0.9, "af, other and noisy together should be at most 1")]
    [InlineData(3, 10, 60, 1.9, "af should be 0 to 1")]
    public void Options_out_of_range_are_named(int count, double least, double most, double af, string message)
    {
        var options = new SimulationOptions { Count = count, MinSeconds = least, MaxSeconds = most, AF = af };
        Assert.Equal(message, Assert.Throws<ProblemException>(options.Validate).Message);
    }

    private static SimulatedRecording Long(int index, SimulatedRhythm rhythm) =>
        Simulator.Make("long", 77, index, Fs, 250 * 300, [new(0, rhythm)], Label.Normal);

    private static double[] Rr(SimulatedRecording r) => [.. r.Beats.Zip(r.Beats.Skip(1), (a, b) => (b.Sample - a.Sample) / r.Fs)];

    private static double Spread(double[] rr) => Math.Sqrt(rr.Average(x => (x - rr.Average()) * (x - rr.Average()))) / rr.Average();

    private static double Serial(double[] rr)
    {
        var mean = rr.Average();
        return rr.Zip(rr.Skip(1), (a, b) => (a - mean) * (b - mean)).Sum() / rr.Sum(a => (a - mean) * (a - mean));
    }

    /// <summary>Energy of the mean signal 220 to 70 ms before R, less its straight line: whatever is not locked to the beat averages out.</summary>
    /// <returns>Null where fewer than 40 beats come 0.8 s or more after the one before.</returns>
    private static double? BeforeBeats(SimulatedRecording r)
    {
        var mean = new double[45];
        var size = 0.0;
        var used = r.Beats.Zip(r.Beats.Skip(1)).Where(p => p.Second.Sample - p.First.Sample >= 240).Select(p => p.Second).ToList();
        if (used.Count < 40) return null;
        foreach (var beat in used)
        {
            size += Math.Abs(r.Samples[beat.Sample] - r.Samples[beat.Sample - 15]);
            for (var i = 0; i < mean.Length; i++) mean[i] += r.Samples[beat.Sample - 66 + i];
        }

        var (first, last) = (mean[0], mean[^1]);
        return mean.Select((x, i) => x - first - (last - first) * i / (mean.Length - 1)).Sum(x => x * x) / (size * size);
    }

    private static double Power(float[] x, int k)
    {
        double re = 0, im = 0;
        var mean = x.Average();
        for (var i = 0; i < x.Length; i++)
        {
            var hann = 0.5 - 0.5 * Math.Cos(2 * Math.PI * i / x.Length);
            re += hann * (x[i] - mean) * Math.Cos(2 * Math.PI * k * i / x.Length);
            im += hann * (x[i] - mean) * Math.Sin(2 * Math.PI * k * i / x.Length);
        }

        return re * re + im * im;
    }

    /// <summary>Median step between neighbouring samples: the QRS has few of them.</summary>
    private static double Roughness(SimulatedRecording r) =>
        r.Samples.Zip(r.Samples.Skip(1), (a, b) => Math.Abs(b - a)).Order().ElementAt(r.Samples.Length / 2);
}
