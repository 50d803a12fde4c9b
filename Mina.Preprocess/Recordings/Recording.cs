namespace Mina.Preprocess;

/// <summary>One lead of a recording, as it was read.</summary>
/// <param name="Id">The recording's id: its file name without extension.</param>
/// <param name="Fs">The sampling frequency in Hz, &gt; 0.</param>
/// <param name="Samples">The samples in mV; a sample that is not finite is missing.</param>
public sealed record Recording(string Id, double Fs, float[] Samples)
{
    /// <summary>The recording's label; null where it has none.</summary>
    public Label? Label { get; init; }

    /// <summary>
    /// The annotated rhythms in order of time, by which each window gets its label where the recording has none (<see cref="WindowLabels"/>); null
    /// where they were not read.
    /// </summary>
    public IReadOnlyList<RhythmSpan>? Rhythms { get; init; }

    /// <summary>The person whose recording it is. Recordings of one group share a split; a recording with null is a group by itself.</summary>
    public string? Group { get; init; }

    /// <summary>The name of the lead, such as "MLII" or "ECG".</summary>
    public string Lead { get; init; } = "";

    /// <summary>The unit that the lead has in its file, from which it was scaled to mV; "mV" where nothing else is known.</summary>
    public string Unit { get; init; } = "mV";

    /// <summary>Where the recording was read from, for people; empty where it was made in memory.</summary>
    public string Source { get; init; } = "";

    /// <summary>The length in seconds.</summary>
    public double Seconds => Samples.Length / Fs;

    /// <summary>
    /// Whether the recording is longer than any that the model learned from (<see cref="Preprocessor.LongSeconds"/>). It is then classified the
    /// live way, window by window, and judged by its episodes.
    /// </summary>
    public bool IsLong => Seconds > Preprocessor.LongSeconds;
}
