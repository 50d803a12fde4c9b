using Mina.Preprocess;

namespace Mina.Streaming.Simulation;

/// <summary>
/// Makes recordings as a pure function of a seed and an index. Random numbers come from Mina's own generator (<see cref="SimulationRandom"/>).
/// Sines and exponentials are the machine's, and their differences in the last bits vanish when samples are rounded to 1/1000 mV.
/// </summary>
public static class Simulator
{
    private static readonly SimulatedRhythm[] OtherRhythms =
    [
        SimulatedRhythm.VentricularEctopy, SimulatedRhythm.VentricularEctopy, SimulatedRhythm.VentricularEctopy,
        SimulatedRhythm.AtrialEctopy, SimulatedRhythm.AtrialEctopy, SimulatedRhythm.Bradycardia, SimulatedRhythm.Tachycardia,
    ];

    /// <summary>
    /// The labels of all recordings: as many of each label as the options' shares say, rounded, in an order that the seed decides.
    /// </summary>
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

    /// <summary>Makes one of the <see cref="SimulationOptions.Count"/> recordings; <paramref name="index"/> counts from 0.</summary>
    public static SimulatedRecording Make(SimulationOptions options, int index) => Make(options, index, LabelsOf(options)[index]);

    /// <summary>Makes a recording with the given label.</summary>
    public static SimulatedRecording Make(SimulationOptions options, int index, Label label)
    {
        var random = new SimulationRandom(options.Seed, (ulong)index, 0);
        var seconds = random.Uniform(options.MinSeconds, options.MaxSeconds);
        var samples = (int)Math.Max(1, Math.Ceiling(seconds * options.Fs));
        var episodes = EpisodesOf(label, seconds, options.Paroxysmal, random);
        return Make($"{options.Prefix}{index + 1:00000}", options.Seed, index, options.Fs, samples, episodes, label);
    }

    /// <summary>Makes a recording with the given rhythms.</summary>
    /// <param name="id">The recording's id.</param>
    /// <param name="seed">Decides, together with <paramref name="index"/>, everything that is left to chance.</param>
    /// <param name="index">The number of the recording among those of this seed.</param>
    /// <param name="fs">The sampling frequency in Hz, &gt; 0.</param>
    /// <param name="samples">The number of samples.</param>
    /// <param name="episodes">At least one rhythm, in order of time; the first begins at 0.</param>
    /// <param name="label">The recording's label; <see cref="Label.Noisy"/> makes the signal hardly readable.</param>
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
            throw new ArgumentException("The first rhythm should begin at 0 s.", nameof(episodes));
        for (var i = 1; i < episodes.Count; i++)
        {
            if (!(episodes[i].Start > episodes[i - 1].Start))
                throw new ArgumentException("The rhythms should be in order of time.", nameof(episodes));
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
