using Mina.Preprocess;

namespace Mina.Streaming.Simulation;

/// <summary>A simulated recording together with its true beats and rhythms.</summary>
/// <param name="Id">The recording's id.</param>
/// <param name="Fs">The sampling frequency in Hz.</param>
/// <param name="Samples">The signal in mV.</param>
/// <param name="Label">The recording's label: AF where any part fibrillates, unless it is <see cref="Label.Noisy"/>.</param>
/// <param name="Beats">The beats in order of time.</param>
/// <param name="Rhythms">The changes of rhythm in order of time; the first is at sample 0.</param>
public sealed record SimulatedRecording(
    string Id,
    double Fs,
    float[] Samples,
    Label Label,
    IReadOnlyList<SimulatedBeat> Beats,
    IReadOnlyList<RhythmChange> Rhythms);
