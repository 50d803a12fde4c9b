using Mina.Preprocess;

namespace Mina.Streaming.Simulation;

/// <summary>
/// Makes recordings from nothing but a seed: seed and index in, recording out. Pure. Numbers come from a generator of our own
/// (<see cref="SimulationRandom"/>); sine and exponential are the machine's, whose last-bit differences vanish when samples are rounded to 1/1000 mV.
/// </summary>
public static class Simulator
{
    private static readonly SimulatedRhythm[] OtherRhythms =
    [
        SimulatedRhythm.VentricularEctopy, SimulatedRhythm.VentricularEctopy, SimulatedRhythm.VentricularEctopy,
        SimulatedRhythm.AtrialEctopy, SimulatedRhythm.AtrialEctopy, SimulatedRhythm.Bradycardia, SimulatedRhythm.Tachycardia,
    ];

    /// <summary>The labels of all recordings: as many of each as the options' parts say (rounded), in an order that the seed chooses.</summary>
    public static IReadOnlyList<Label> LabelsOf(SimulationOptions options)
    {
        options.Validate();
        var af = Part(options.AF);
        var other = Math.Min(Part(options.Other), options.Count - af);
        var noisy = Math.Min(Part(options.Noisy), options.Count - af - other);
        var labels = new Label[options.Count];
        labels.AsSpan(0, af).Fill(Label.AF);
        labels.AsSpan(af, other).Fill(Label.Other);
        labels.AsSpan(af + other, noisy).Fill(Label.Noisy);
        var random = new SimulationRandom(options.Seed, ulong.MaxValue, 0);
        for (var i = labels.Length - 1; i > 0; i--)
        {
            var j = random.Below(i + 1);
            (labels[i], labels[j]) = (labels[j], labels[i]);
        }

        return labels;

        int Part(double share) => (int)Math.Round(share * options.Count, MidpointRounding.AwayFromZero);
    }

    /// <summary>Makes recording number <paramref name="index"/> (from 0) of <see cref="SimulationOptions.Count"/>.</summary>
    public static SimulatedRecording Make(SimulationOptions options, int index) => Make(options, index, LabelsOf(options)[index]);

    /// <summary>Makes a recording of a given label.</summary>
    public static SimulatedRecording Make(SimulationOptions options, int index, Label label)
    {
        var random = new SimulationRandom(options.Seed, (ulong)index, 0);
        var seconds = random.Uniform(options.MinSeconds, options.MaxSeconds);
        var samples = (int)Math.Max(1, Math.Ceiling(seconds * options.Fs));
        var episodes = EpisodesOf(label, seconds, options.Paroxysmal, random);
        return Make($"{options.Prefix}{index + 1:00000}", options.Seed, index, options.Fs, samples, episodes, label);
    }

    /// <summary>Makes a recording of given rhythms.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="seed">Chooses everything that is left to chance, with <paramref name="index"/>.</param>
    /// <param name="index">Which recording of this seed.</param>
    /// <param name="fs">Sampling frequency in Hz, &gt; 0.</param>
    /// <param name="samples">Length.</param>
    /// <param name="episodes">At least one, the first at 0, in order of time.</param>
    /// <param name="label">Its label; <see cref="Label.Noisy"/> makes it hardly readable.</param>
    public static SimulatedRecording Make(string id, ulong seed, int index, double fs, int samples, IReadOnlyList<RhythmEpisode> episodes, Label label)
    {
        var source = new EcgSource(seed, (ulong)index, fs, Checked(episodes), label == Label.Noisy);
        var beats = new List<SimulatedBeat>();
        var changes = new List<RhythmChange>();
        var signal = new float[samples];
        source.Fill(signal, beats, changes);
        return new SimulatedRecording(id, fs, signal, label, beats, changes);
    }

    internal static IReadOnlyList<RhythmEpisode> Checked(IReadOnlyList<RhythmEpisode> episodes)
    {
        if (episodes.Count == 0 || episodes[0].Start != 0)
            throw new ArgumentException("the first episode should begin at 0", nameof(episodes));
        for (var i = 1; i < episodes.Count; i++)
        {
            if (!(episodes[i].Start > episodes[i - 1].Start))
                throw new ArgumentException("episodes should be in order of time", nameof(episodes));
        }

        return episodes;
    }

    private static IReadOnlyList<RhythmEpisode> EpisodesOf(Label label, double seconds, double paroxysmal, SimulationRandom random)
    {
        switch (label)
        {
            case Label.AF when seconds >= 30 && random.Chance(paroxysmal):
                return
                [
                    new(0, SimulatedRhythm.Sinus),
                    new(seconds * random.Uniform(0.1, 0.25), SimulatedRhythm.AtrialFibrillation),
                    new(seconds * random.Uniform(0.75, 0.9), SimulatedRhythm.Sinus),
                ];
            case Label.AF:
                return [new(0, SimulatedRhythm.AtrialFibrillation)];
            case Label.Other:
                return [new(0, OtherRhythms[random.Below(OtherRhythms.Length)])];
            case Label.Noisy:
                return [new(0, random.Chance(0.25) ? SimulatedRhythm.AtrialFibrillation : SimulatedRhythm.Sinus)];
            default:
                return [new(0, SimulatedRhythm.Sinus)];
        }
    }
}
