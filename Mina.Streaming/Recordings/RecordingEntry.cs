using Mina.Preprocess;

namespace Mina.Streaming.Recordings;

/// <summary>How a recording is to be read.</summary>
/// <param name="Lead">Lead by name (any case) or by index from 0; null: lead I, II, MLII, ECG, else the first.</param>
/// <param name="Fs">Sampling frequency in Hz for files that do not say (CSV without a time column).</param>
public sealed record ReadOptions(string? Lead = null, double? Fs = null);

/// <summary>What reading came to: the recording, or why there is none. Exactly one is not null.</summary>
public readonly record struct ReadOutcome(Recording? Recording, Rejection? Rejection)
{
    /// <summary>The recording was read.</summary>
    public static implicit operator ReadOutcome(Recording recording) => new(recording, null);

    /// <summary>It was not.</summary>
    public static implicit operator ReadOutcome(Rejection rejection) => new(null, rejection);
}

/// <summary>A recording that was found and can be read, in a folder, a zip or elsewhere.</summary>
public abstract class RecordingEntry
{
    /// <summary>The recording's id: its file name without extension.</summary>
    public abstract string Id { get; }

    /// <summary>Where it is, for messages: <c>raw/A00001.hea</c>, <c>raw.zip!training2017/A00001.hea</c>.</summary>
    public abstract string Location { get; }

    /// <summary>Bytes of all its files, for progress.</summary>
    public abstract long Bytes { get; }

    /// <summary>Reads it. Any thread; bad input is an outcome, never an exception.</summary>
    public abstract ReadOutcome Read(ReadOptions options);

    /// <summary>The rhythms that were annotated in the file beside it with that extension (WFDB: <c>.atr</c>); null when there is none.</summary>
    /// <exception cref="ProblemException">There is one, but it cannot be read.</exception>
    public virtual IReadOnlyList<RhythmSpan>? ReadRhythms(string annotator = "atr") => null;
}
