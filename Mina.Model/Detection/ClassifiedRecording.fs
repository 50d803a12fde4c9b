namespace Mina.Model

open System
open System.Collections.Generic

/// What was said of a recording.
type ClassifiedRecording = {
    /// The recording's id.
    Id: string
    /// Hz, as recorded.
    Fs: float
    /// Its length.
    DurationSeconds: float
    /// `Recording.IsLong`: it was classified the live way and is judged by its episodes.
    IsLong: bool
    /// The network's verdict of each window, in order of time, every 5/3 s.
    Windows: IReadOnlyList<Verdict>
    /// A window is AF from this probability on (`Verdict.FindingAt`).
    Threshold: float
    /// In order of time. An episode lasts 30 s or more; in a recording of less than a minute, half the recording or
    /// more.
    Episodes: IReadOnlyList<Episode>
    /// Mean over the classifiable windows; null where there are none.
    Probability: Nullable<float>
    /// Of a long recording: AF where there is an episode. Of another: the mean probability against the threshold for
    /// recordings.
    Finding: Finding
    /// Share of the classifiable time that lies in episodes, 0 .. 1; null where nothing is classifiable.
    Burden: Nullable<float>
    /// Seconds that are not classifiable.
    UnclassifiableSeconds: float
    /// The rhythm level's verdict of each window, in the same order; null where the detector has none or the recording
    /// lasts less than a minute. Where it is there, episodes and burden come from it, and the finding of a long
    /// recording.
    Rhythm: IReadOnlyList<Verdict> | null
}
