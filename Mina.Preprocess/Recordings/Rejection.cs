namespace Mina.Preprocess;

/// <summary>Why a recording was not taken. Each is counted and named in what <c>ingest</c> prints at its end.</summary>
public enum RejectionReason
{
    /// <summary>Shorter than one window (10 s).</summary>
    TooShort,

    /// <summary>Every sample is the same.</summary>
    Flat,

    /// <summary>Missing samples (NaN, Inf or the format's sentinel) leave no stretch of one window without a gap.</summary>
    Gaps,

    /// <summary>The amplifier or the converter is at its limit for a large part of the recording.</summary>
    Saturated,

    /// <summary>The header cannot be read.</summary>
    UnreadableHeader,

    /// <summary>The signal file cannot be read, or is missing.</summary>
    UnreadableSignal,

    /// <summary>The signal has another length than its header says.</summary>
    LengthMismatch,

    /// <summary>The labels do not name this recording.</summary>
    NoLabel,

    /// <summary>Another recording of the same id was taken already.</summary>
    DuplicateId,
}

/// <summary>A recording that was not taken.</summary>
/// <param name="Id">The recording's id.</param>
/// <param name="Reason">Why it was not taken; rejections are counted by it.</param>
/// <param name="Message">One sentence: what is wrong, where, and what to do about it.</param>
public sealed record Rejection(string Id, RejectionReason Reason, string Message);
