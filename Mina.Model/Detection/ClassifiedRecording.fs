namespace Mina.Model

open System
open System.Collections.Generic
open Mina.Preprocess.Beats

/// The classification of a recording.
type ClassifiedRecording = {
    /// The recording's id.
    Id: string
    /// The sampling frequency of the recording in Hz.
    Fs: float
    /// The lead that was classified, as its file names it; empty where nothing names it.
    Lead: string
    /// The unit that the lead has in its file.
    Unit: string
    /// Where the recording was read from; empty where it was made in memory.
    Source: string
    /// The length of the recording in seconds.
    DurationSeconds: float
    /// Whether the recording is long (`Recording.IsLong`), so that it was classified the live way and is judged by its
    /// episodes.
    IsLong: bool
    /// The network's verdict of each window, in order of time, every 5/3 s.
    Windows: IReadOnlyList<Verdict>
    /// The beats in order of time, at 300 Hz.
    Beats: IReadOnlyList<Beat>
    /// A window is AF from this probability on (`Verdict.FindingAt`).
    Threshold: float
    /// The episodes of AF in order of time. An episode lasts at least 30 s or, in a recording of less than a minute,
    /// half the recording.
    Episodes: IReadOnlyList<Episode>
    /// The probability of AF in the recording, 0 .. 1; null where no window is classifiable. The recording level gives
    /// it for a recording of up to 61 s. Of a longer one, or where the detector has no such level, it is the mean over
    /// the classifiable windows.
    Probability: Nullable<float>
    /// The finding. A long recording is AF where it has an episode; another is AF where Probability reaches the
    /// threshold of what gave it: the recording level, or the model's threshold for recordings.
    Finding: Finding
    /// The share of the classifiable time that lies in episodes, 0 .. 1; null where no time is classifiable.
    Burden: Nullable<float>
    /// The time that is not classifiable, in seconds.
    UnclassifiableSeconds: float
    /// The rhythm level's verdict of each window, in the same order; null where the detector has none or the recording
    /// lasts less than a minute. Where it is there, episodes and burden come from it, and the finding of a long
    /// recording.
    Rhythm: IReadOnlyList<Verdict> | null
}
