namespace Mina.Model

open System

/// What makes an AF episode out of verdicts.
type EpisodeRules = {
    /// AF begins at this probability, 0 .. 1.
    OnsetProbability: float
    /// Once begun, AF goes on down to this probability; at most OnsetProbability.
    OffsetProbability: float
    /// An episode lasts at least this long, unclassifiable time not counted. 30 s is the clinical definition (2020 ESC
    /// guidelines on atrial fibrillation, section 3).
    MinimumSeconds: float
    /// AF on both sides of not-AF time up to this length is one episode.
    MergeGapSeconds: float
    /// AF on both sides of unclassifiable time up to this length is one episode.
    BridgeSeconds: float
    /// A window's probability is averaged with those of the windows whose centres lie within half of this of its own;
    /// 0: not at all. Verdicts are late by half of it.
    SmoothingSeconds: float
    /// Length of a window.
    WindowSeconds: float
    /// From one window to the next.
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

    /// The rules for a recording of that length. A strip shows no more than itself: in one of less than a minute, half
    /// of it is enough for an episode.
    member rules.ForRecordingOf(seconds: float) : EpisodeRules = {
        rules with
            MinimumSeconds = min rules.MinimumSeconds (seconds / 2.0)
    }

/// A stretch of AF. From its first instant of AF to its last.
type Episode = {
    /// In seconds from the start of the stream.
    StartSeconds: float
    EndSeconds: float
    /// The part of it that is not unclassifiable.
    ClassifiableSeconds: float
    /// Over its classifiable time.
    MeanProbability: float
}

/// What happened to an episode.
type EpisodeEventKind =
    /// AF has lasted for the minimum: an episode, which began earlier.
    | Opened = 0
    /// It goes on.
    | Extended = 1
    /// It is over, and its end is what it was when last opened or extended.
    | Closed = 2

[<Struct>]
type EpisodeEvent = {
    Kind: EpisodeEventKind
    /// As it stands at this event.
    Episode: Episode
}

/// AF that may become or is an episode; all seconds are from the start of the stream or durations.
[<Struct>]
type AFRun = {
    /// False: there is no AF at present, and the rest means nothing.
    Active: bool
    /// Long enough to be an episode.
    Open: bool
    Start: float
    /// The end of the last instant of AF.
    End: float
    /// Classifiable seconds from Start to End, and the integral of probability over them.
    Seconds: float
    Weighted: float
    /// The same of the not-AF time since End.
    PauseSeconds: float
    PauseWeighted: float
    /// Unclassifiable seconds since End.
    BlindSeconds: float
}

/// Where the rules stand after some windows. Nothing else is needed to go on; plain data, to be kept as JSON.
type EpisodeState = {
    /// Windows not yet past smoothing, and those before them that it still needs, in order of time.
    Recent: Verdict[]
    /// How many of Recent are past smoothing.
    Passed: int
    /// The last classifiable window past smoothing, which speaks for the time from PendingFrom; null: there is none, or
    /// what it speaks for is settled.
    Pending: Nullable<Verdict>
    PendingFrom: float
    /// All before this instant is settled; null before the first window.
    Settled: Nullable<float>
    Run: AFRun
    /// Classifiable seconds settled so far, and those of them that lie in closed episodes.
    ClassifiableSeconds: float
    ClosedSeconds: float
    /// Unclassifiable seconds settled so far.
    UnclassifiableSeconds: float
}
