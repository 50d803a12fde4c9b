namespace Mina.Preprocess;

/// <summary>Why a recording was rejected. The table that <c>ingest</c> prints at its end names and counts the reasons.</summary>
public enum RejectionReason
{
    /// <summary>The recording is shorter than one window (10 s).</summary>
    TooShort,

    /// <summary>Every sample is the same.</summary>
    Flat,

    /// <summary>Missing samples (NaN, infinity or the format's own mark) leave no stretch of one window without a gap.</summary>
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

/// <summary>A recording that was rejected.</summary>
/// <param name="Id">The recording's id.</param>
/// <param name="Reason">Why it was rejected; rejections are counted by reason.</param>
/// <param name="Message">One sentence: what is wrong, where, and what to do about it.</param>
public sealed record Rejection(string Id, RejectionReason Reason, string Message);
