using Mina.Preprocess;

namespace Mina.Streaming.Shards;

/// <summary>A segment as a row of a shard holds it. Its numbers are valid until the enumeration goes on.</summary>
/// <param name="RecordingId">The recording's id.</param>
/// <param name="Start">First sample of the window, in samples at <paramref name="Fs"/>.</param>
/// <param name="Label">What the recording shows; null: unlabelled.</param>
/// <param name="Fs">Sampling frequency, in Hz.</param>
/// <param name="X">The channels, 4 x 3000, channel-major.</param>
/// <param name="KBeat">The beat knowledge, 4 x 3000.</param>
/// <param name="KRhythm">The rhythm knowledge, 4 x 60.</param>
/// <param name="KFreq">The frequency knowledge, 4.</param>
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
    /// <summary>1 = AF, 0 = not AF; null: unlabelled.</summary>
    public int? Class => Label is { } label ? Labels.ClassOf(label) : null;
}
