namespace Mina.Model.Streams

open System
open Mina.Model
open Mina.Preprocess
open Mina.Preprocess.Streams

/// What a stream is doing.
type StreamState =
    /// The stream is connected, and no window has been judged yet.
    | Starting = 0
    /// The last window is fresh, classifiable and not AF, and no AF is under way.
    | Normal = 1
    /// There is AF, but not yet for as long as an episode must last.
    | PossibleAF = 2
    /// An AF episode is under way.
    | AF = 3
    /// The last window is fresh and cannot be classified; the reason says why.
    | Unclassifiable = 4
    /// Nothing arrives.
    | Stale = 5
    /// Samples arrive, but no verdict has followed from them for too long, or no window of a minute could be
    /// classified; the reason says why.
    | NotMonitored = 6

/// The rules of one stream; all times are durations by the server's clock.
type StreamRules = {
    /// The rhythm level, which judges each window again by its minute; null where the model has no such level.
    Rhythm: RhythmModel | null
    /// The rules that make episodes from the rhythm level's verdicts or, without it, from the network's.
    Episodes: EpisodeRules
    /// The probability by the network from which on a window is AF.
    Threshold: float
    /// A stream from which nothing arrives for this long is stale, or for twice the length of its chunks, where that is
    /// longer.
    StaleAfter: TimeSpan
    /// A verdict is current for this long, and the length of a chunk or 1.5 s, whichever is longer, after the arrival
    /// of the chunk that completed its window. A stream that has just come may be without one for as long, but for at
    /// least 11.5 s.
    FreshFor: TimeSpan
    /// An open episode ends when nothing arrives for this long.
    CloseAfter: TimeSpan
} with

    /// The usual rules for a model's threshold.
    static member At(threshold: float) : StreamRules = {
        Rhythm = null
        Episodes = EpisodeRules.At threshold
        Threshold = threshold
        StaleAfter = TimeSpan.FromSeconds 5.0
        FreshFor = TimeSpan.FromSeconds 10.0
        CloseAfter = TimeSpan.FromSeconds 60.0
    }

    /// The same rules with episodes by a rhythm level.
    member rules.With(rhythm: RhythmModel) : StreamRules = {
        rules with
            Rhythm = rhythm
            Episodes = rhythm.Settings.Rules
    }

    /// The rules from verdicts to episodes.
    member internal rules.Judge: EpisodeJudge = {
        Rhythm = rules.Rhythm
        Rules = rules.Episodes
    }

/// What happens to a stream.
type StreamEvent =
    /// Samples arrived, in a chunk that keeps to ChunkLimits.
    | Chunk of SampleChunk
    /// The classifier answered for a window, named by its number. A value that is not a probability means that it has
    /// no answer.
    | Answer of window: int64 * probability: float32
    /// Time passed.
    | Tick
    /// A person has seen the alarm.
    | Acknowledge of kind: AlarmKind * by: string
    /// Something failed in the stream, which begins again with the next chunk.
    | Failure of reason: string
    /// An earlier run has told that the alarm which was raised at this time is over. It knew that from chunks which it
    /// showed and which are on no disk.
    | WasCleared of kind: AlarmKind * raised: DateTimeOffset
    /// The monitor was started again, and all that the log holds of the stream was replayed. No time passes.
    | Resume

/// The verdict of a window, with its place and time.
type StreamVerdict = {
    /// The time that the stream's seconds count from, by the device's clock.
    Origin: DateTimeOffset
    /// The start of the window, by the device's clock.
    Start: DateTimeOffset
    Verdict: Mina.Model.Verdict
    /// The heart rate in beats a minute; null where it cannot be computed.
    HeartRate: Nullable<float>
    /// The time when the chunk arrived that completed the window, by the server's clock.
    Seen: DateTimeOffset
}

/// What the rhythm level says about a window.
type RhythmVerdict = {
    /// The time that the stream's seconds count from, by the device's clock.
    Origin: DateTimeOffset
    /// The start of the window, by the device's clock.
    Start: DateTimeOffset
    Verdict: Mina.Model.Verdict
}

/// An episode after a change. Its times are the device's. Its stream and its start identify it.
type StreamEpisode = {
    Kind: EpisodeEventKind
    Start: DateTimeOffset
    End: DateTimeOffset
    MeanProbability: float
}

/// An output of an event.
type StreamOutput =
    /// The classifier must be asked about a window.
    | Classify of CutWindow
    /// The network judged a window. There is one of these for each window, in the order of windows, as soon as the
    /// answer has come. The store keeps it and the wall shows it, as `classify` does.
    | Judged of StreamVerdict
    /// The rhythm level judged the same window, once the minute that it needs had come. There is one of these for each
    /// window, in the order of windows, some 15 s after the first verdict. Episodes and alarms follow from these.
    /// Without a rhythm level there are none.
    | RhythmJudged of RhythmVerdict
    | Episode of StreamEpisode
    | Alarm of AlarmEvent
    /// The reason is a few words, or null where there is nothing to say.
    | StateChanged of state: StreamState * reason: (string | null) * at: DateTimeOffset

/// A window that waits for its answer, or for the answers of those before it.
type WaitingWindow = {
    Window: CutWindow
    Seen: DateTimeOffset
    /// Null while there is no answer yet; NaN where there will be none.
    Answer: Nullable<float32>
}

/// Something that waits until all before it is done, so that it makes no difference how long an answer takes.
type Pending =
    /// A window, which is judged when it has its answer.
    | Unjudged of WaitingWindow
    /// Nothing has come for long, which ends the episodes. `until` is where the samples end; null where that is not
    /// known.
    | EndOfEpisodes of at: DateTimeOffset * until: Nullable<DateTimeOffset>

/// All that is known about a stream, in plain values that StreamSnapshot writes. Nothing else is needed to continue.
type StreamValue = {
    Cutter: StreamCutter
    /// What waits, in the order in which it happened.
    Pending: Pending[]
    /// The latest instant of the server's clock that has been accounted for; it never goes back.
    Clock: DateTimeOffset
    /// The time when the last chunk arrived.
    Arrived: DateTimeOffset
    /// The length of the last chunk, within reason.
    ChunkLength: TimeSpan
    /// The time when the stream came, came back, or failed. Verdicts of earlier windows say nothing about it as it is
    /// now.
    Came: DateTimeOffset
    /// The time that the age of the last window counts from: when it was cut, or when a stream without one came.
    Due: DateTimeOffset
    /// The time that the age of the last verdict counts from; for a stream without one, when it came.
    Fresh: DateTimeOffset
    /// Whether chunks that waited for missing ones were released since the last chunk.
    Flushed: bool
    /// The time when the monitor was last started again.
    Resumed: DateTimeOffset
    /// The last verdict since the stream came.
    Last: StreamVerdict voption
    /// The probabilities of the last windows, oldest first, at most 60; null where a window is unclassifiable.
    Recent: Nullable<float32>[]
    /// The time that the episodes' seconds count from.
    Origin: Nullable<DateTimeOffset>
    /// The start of the last window that was judged, in seconds from there.
    LastStart: float
    /// The state of the rhythm level.
    Rhythm: RhythmState
    /// Its last probability; null where there is none, or where the window was unclassifiable.
    RhythmProbability: Nullable<float>
    Episodes: EpisodeState
    /// The open episode, as it was last reported.
    Open: StreamEpisode voption
    /// Whether the end of the episodes is pending or past, and no window was cut since.
    Closing: bool
    /// Whether the episodes were ended, and no window was judged since.
    Finished: bool
    Alarms: AlarmState
    /// The number of repeated chunks when the last verdict came.
    Repeated: int64
    /// Why the stream failed since its last verdict; null where it has not.
    Failed: string | null
    /// The state that was reported last.
    Shown: StreamState
    Reason: string | null
} with

    /// Whether an episode is open.
    member stream.InEpisode = stream.Open.IsSome
