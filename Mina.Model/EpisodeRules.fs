namespace Mina.Model

open System

/// The rules that make AF episodes out of verdicts.
type EpisodeRules = {
    /// AF begins at this probability, 0 .. 1.
    OnsetProbability: float
    /// AF that has begun continues down to this probability, which is at most OnsetProbability.
    OffsetProbability: float
    /// An episode lasts at least this long, unclassifiable time not counted. 30 s is the clinical definition (2020 ESC
    /// guidelines on atrial fibrillation, section 3).
    MinimumSeconds: float
    /// AF on both sides of not-AF time up to this length is one episode.
    MergeGapSeconds: float
    /// AF on both sides of unclassifiable time up to this length is one episode.
    BridgeSeconds: float
    /// A window's probability is averaged with those of the windows whose centres lie within half of this of its own; 0
    /// averages nothing. Episodes are known half of it later.
    SmoothingSeconds: float
    /// The length of a window.
    WindowSeconds: float
    /// The time from one window to the next.
    StrideSeconds: float
} with

    /// The rules for a model's threshold.
    static member At(threshold: float) : EpisodeRules = {
        OnsetProbability = threshold
        OffsetProbability = threshold / 2.0
        MinimumSeconds = 30.0
        MergeGapSeconds = 10.0
        BridgeSeconds = 30.0
        SmoothingSeconds = 0.0
        WindowSeconds = 10.0
        StrideSeconds = 5.0 / 3.0
    }

    /// The rules for a recording of that length. In a recording of less than a minute, AF in half of it is enough for
    /// an episode, because a longer one cannot show.
    member rules.ForRecordingOf(seconds: float) : EpisodeRules = {
        rules with
            MinimumSeconds = min rules.MinimumSeconds (seconds / 2.0)
    }

/// A stretch of AF, from its first instant to its last.
type Episode = {
    /// The start, in seconds from the start of the stream.
    StartSeconds: float
    EndSeconds: float
    /// The seconds in it that are classifiable.
    ClassifiableSeconds: float
    /// The mean probability over its classifiable time.
    MeanProbability: float
}

/// The kind of a change of an episode.
type EpisodeEventKind =
    /// AF has lasted for the minimum, so that there is an episode, which began earlier.
    | Opened = 0
    /// The episode goes on.
    | Extended = 1
    /// The episode is over. Its end is what it was when it was last opened or extended.
    | Closed = 2

[<Struct>]
type EpisodeEvent = {
    Kind: EpisodeEventKind
    /// The episode after this event.
    Episode: Episode
}

/// AF that is or may become an episode. All seconds are durations or count from the start of the stream.
[<Struct>]
type AFRun = {
    /// Whether there is AF at present; if not, the other fields mean nothing.
    Active: bool
    /// Whether it has lasted long enough to be an episode.
    Open: bool
    Start: float
    /// The end of the last instant of AF.
    End: float
    /// The classifiable seconds from Start to End, and the integral of probability over them.
    Seconds: float
    Weighted: float
    /// The same for the time without AF since End.
    PauseSeconds: float
    PauseWeighted: float
    /// The unclassifiable seconds since End.
    BlindSeconds: float
}

/// The state of the rules after some windows, from which they continue. It is plain data, which can be stored as JSON.
type EpisodeState = {
    /// The windows that are not smoothed yet, and those before them that smoothing still needs, in order of time.
    Recent: Verdict[]
    /// The number of windows in Recent that are smoothed.
    Passed: int
    /// The last smoothed, classifiable window, which decides the time from PendingFrom on; null where there is none or
    /// its time is settled.
    Pending: Nullable<Verdict>
    PendingFrom: float
    /// The instant up to which everything is settled; null before the first window.
    Settled: Nullable<float>
    Run: AFRun
    /// The classifiable seconds settled so far, and those of them that lie in closed episodes.
    ClassifiableSeconds: float
    ClosedSeconds: float
    /// The unclassifiable seconds settled so far.
    UnclassifiableSeconds: float
}
