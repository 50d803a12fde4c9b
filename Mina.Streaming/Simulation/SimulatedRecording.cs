using Mina.Preprocess;

namespace Mina.Streaming.Simulation;

/// <summary>A simulated recording with all that is known about it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Fs">Hz.</param>
/// <param name="Samples">mV.</param>
/// <param name="Label">What it shows: AF where any part fibrillates, unless it is <see cref="Label.Noisy"/>.</param>
/// <param name="Beats">In order of time.</param>
/// <param name="Rhythms">In order of time, the first at sample 0.</param>
public sealed record SimulatedRecording(
    string Id,
    double Fs,
    float[] Samples,
    Label Label,
    IReadOnlyList<SimulatedBeat> Beats,
    IReadOnlyList<RhythmChange> Rhythms);
