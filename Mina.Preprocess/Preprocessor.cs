namespace Mina.Preprocess;

/// <summary>
/// Recording to segments: checks, resamples to 300 Hz, normalises, windows, filters and computes the knowledge
/// (DESIGN.md, "Preprocessing, exactly"; the paper, section 4.1). Holds scratch buffers: one instance a thread.
/// </summary>
public sealed class Preprocessor(PreprocessSettings settings)
{
    /// <summary>The settings that every segment is made with.</summary>
    public PreprocessSettings Settings { get; } = settings;

    /// <summary>Cuts all windows of a recording, at the stride of its label, into <paramref name="rows"/>.</summary>
    /// <returns>Null when the recording was taken (rows.Count &gt; 0); else why it was not (rows.Count is 0).</returns>
    public Rejection? Run(Recording recording, SegmentRows rows) => throw new NotImplementedException();
}
