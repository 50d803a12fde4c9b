namespace Mina.Preprocess;

/// <summary>One lead of one recording, as it was read.</summary>
/// <param name="Id">The recording's id: its file name without extension.</param>
/// <param name="Fs">Sampling frequency in Hz, &gt; 0.</param>
/// <param name="Samples">Physical samples in mV; NaN (or any non-finite value) marks a missing sample.</param>
public sealed record Recording(string Id, double Fs, float[] Samples)
{
    /// <summary>What the recording shows; null where nobody has said.</summary>
    public Label? Label { get; init; }

    /// <summary>
    /// Its annotated rhythms, in order of time: without a label, each window is labelled by them (<see cref="WindowLabels"/>). Null: not asked for.
    /// </summary>
    public IReadOnlyList<RhythmSpan>? Rhythms { get; init; }

    /// <summary>The person whose recording it is: recordings of one group share a split. Null: the recording stands alone.</summary>
    public string? Group { get; init; }

    /// <summary>The lead's name ("MLII", "ECG", ...).</summary>
    public string Lead { get; init; } = "";

    /// <summary>Length in seconds.</summary>
    public double Seconds => Samples.Length / Fs;

    /// <summary>
    /// Whether it is longer than any recording that the model learned from (<see cref="Preprocessor.LongSeconds"/>): it is then classified
    /// the live way, window by window, and judged by its episodes.
    /// </summary>
    public bool IsLong => Seconds > Preprocessor.LongSeconds;
}
