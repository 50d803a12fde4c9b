using Mina.Preprocess;
using Mina.Streaming.Simulation;

namespace Mina.Host.Tests;

/// <summary>Simulated recordings of one rhythm, the same every time.</summary>
internal static class Simulated
{
    public static Recording Make(string id, Label label, double seconds, ulong seed = 3)
    {
        var rhythm = label == Label.AF ? SimulatedRhythm.AtrialFibrillation : SimulatedRhythm.Sinus;
        var made = Simulator.Make(id, seed, 0, Shapes.Fs, (int)(seconds * Shapes.Fs), [new(0, rhythm)], label);
        return new Recording(id, made.Fs, made.Samples) { Label = label };
    }
}
