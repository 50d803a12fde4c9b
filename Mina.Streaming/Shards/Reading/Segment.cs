using Mina.Preprocess;

namespace Mina.Streaming.Shards;

/// <summary>A segment, as a row of a shard holds it. Its numbers are valid until the enumeration continues.</summary>
/// <param name="RecordingId">The recording's id.</param>
/// <param name="Start">The first sample of the window, counted at <paramref name="Fs"/>.</param>
/// <param name="Label">The label; null where unlabelled.</param>
/// <param name="Fs">The sampling frequency in Hz.</param>
/// <param name="X">The channels (4 x 3000), channel-major.</param>
/// <param name="KBeat">The beat knowledge (4 x 3000).</param>
/// <param name="KRhythm">The rhythm knowledge (4 x 60).</param>
/// <param name="KFreq">The frequency knowledge (4).</param>
public readonly record struct Segment(
    string RecordingId,
    int Start,
    Label? Label,
    int Fs,
    ReadOnlyMemory<float> X,
    ReadOnlyMemory<float> KBeat,
    ReadOnlyMemory<float> KRhythm,
    ReadOnlyMemory<float> KFreq)
{
    /// <summary>The class: 1 is AF and 0 is not AF; null where unlabelled.</summary>
    public int? Class => Label is { } label ? Labels.ClassOf(label) : null;
}
