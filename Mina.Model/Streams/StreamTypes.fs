namespace Mina.Model.Streams

open System
open Mina.Model
open Mina.Preprocess
open Mina.Preprocess.Streams

/// What a stream is doing.
type StreamState =
    /// Connected, and no window judged yet.
    | Starting = 0
    /// The last window is fresh, classifiable and not AF, and no AF is under way.
    | Normal = 1
    /// There is AF, and not yet for as long as an episode lasts.
    | PossibleAF = 2
    /// In an AF episode.
    | AF = 3
    /// The last window is fresh and cannot be classified; the reason says why.
    | Unclassifiable = 4
    /// Nothing arrives.
    | Stale = 5
    /// Samples arrive, but no verdict has come of them for too long; the reason says why.
    | NotMonitored = 6

/// The rules of one stream; all times are durations by the server's clock.
type StreamRules = {
    /// Judges windows again by their minute; null: nothing does.
    Rhythm: RhythmModel | null
    /// What makes an episode, of the rhythm level's verdicts or, without it, of the network's.
    Episodes: EpisodeRules
    /// A window is AF from this probability of the network on.
    Threshold: float
    /// A stream of which nothing arrives for this long is stale; twice the length of its chunks, where that is longer.
    StaleAfter: TimeSpan
    /// A verdict is current for this long, and the length of a chunk, after the chunk that completed its window
    /// arrived.
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

    /// From verdicts to episodes.
    member internal rules.Judge: EpisodeJudge = {
        Rhythm = rules.Rhythm
        Rules = rules.Episodes
    }

/// What happens to a stream.
type StreamEvent =
    /// Samples arrived; within ChunkLimits.
    | Chunk of SampleChunk
    /// The classifier's answer for a window, by its number; what is no probability means that it has none.
    | Answer of window: int64 * probability: float32
    /// Time passed.
    | Tick
    /// A person has seen the alarm.
    | Acknowledge of kind: AlarmKind * by: string
    /// Something failed in the stream: it begins again with the next chunk.
    | Failure of reason: string
    /// The monitor was started again, and all that the log has of the stream was replayed. No time passes.
    | Resume

/// A window's verdict, and where and when it was.
type StreamVerdict = {
    /// What the stream's seconds count from, by the device's clock.
    Origin: DateTimeOffset
    /// When the window starts, by the device's clock.
    Start: DateTimeOffset
    Verdict: Mina.Model.Verdict
    /// Beats a minute; null where it cannot be told.
    HeartRate: Nullable<float>
    /// When the chunk arrived that completed the window, by the server's clock.
    Seen: DateTimeOffset
}

/// What the rhythm level says of a window.
type RhythmVerdict = {
    /// What the stream's seconds count from, by the device's clock.
    Origin: DateTimeOffset
    /// When the window starts, by the device's clock.
    Start: DateTimeOffset
    Verdict: Mina.Model.Verdict
}

/// An episode as it stands after a change. Times are the device's; stream and start name it.
type StreamEpisode = {
    Kind: EpisodeEventKind
    Start: DateTimeOffset
    End: DateTimeOffset
    MeanProbability: float
}

/// What comes out of an event, in order.
type StreamOutput =
    /// The classifier is to be asked.
    | Classify of CutWindow
    /// A window was judged by the network: one a window, in the order of windows, as soon as its answer has come. What
    /// the store keeps of a window, and what the wall shows, as `classify` does.
    | Judged of StreamVerdict
    /// The same window was judged by the rhythm level, once the minute had come that it needs: one a window, in the
    /// order of windows, some 15 s after the first. Episodes and alarms follow from these; without a level there are
    /// none.
    | RhythmJudged of RhythmVerdict
    | Episode of StreamEpisode
    | Alarm of AlarmEvent
    /// `reason` in a few words; null where there is nothing to say.
    | StateChanged of state: StreamState * reason: (string | null) * at: DateTimeOffset

/// A window that waits for its answer, or for the answers of those before it.
type WaitingWindow = {
    Window: CutWindow
    Seen: DateTimeOffset
    /// Null: not yet. NaN: there is none.
    Answer: Nullable<float32>
}

/// What takes its turn when all before it has, so that it makes no difference how long an answer takes.
type Pending =
    /// Is judged when it has its answer.
    | Unjudged of WaitingWindow
    /// Nothing has come for long: ends the episodes. `until`: where the samples end; null: not known.
    | EndOfEpisodes of at: DateTimeOffset * until: Nullable<DateTimeOffset>

/// All that is known of a stream: plain values, written down by StreamSnapshot. Nothing else is needed to go on.
type StreamValue = {
    Cutter: StreamCutter
    /// In the order in which it happened.
    Pending: Pending[]
    /// The latest instant of the server's clock that is accounted for; it never goes back.
    Clock: DateTimeOffset
    /// When the last chunk arrived.
    Arrived: DateTimeOffset
    /// Length of the last chunk, within reason.
    ChunkLength: TimeSpan
    /// When the stream came, came back, or failed: verdicts of windows from before say nothing of it as it is now.
    Came: DateTimeOffset
    /// When the last window was cut; of a stream that has just come, when its first window is due.
    Due: DateTimeOffset
    /// What the age of the last verdict counts from; of a stream that has just come, when its first window is due.
    Fresh: DateTimeOffset
    /// What waited for missing chunks was settled since the last one.
    Flushed: bool
    /// When the monitor was last started again.
    Resumed: DateTimeOffset
    /// The last verdict since the stream came.
    Last: StreamVerdict voption
    /// Probabilities of the last windows, oldest first, at most 60; null where unclassifiable.
    Recent: Nullable<float32>[]
    /// What the episodes' seconds count from.
    Origin: Nullable<DateTimeOffset>
    /// Start of the last window judged, from there.
    LastStart: float
    /// Where the rhythm level stands.
    Rhythm: RhythmState
    /// Its last probability; null: there is none, or the window was unclassifiable.
    RhythmProbability: Nullable<float>
    Episodes: EpisodeState
    /// The episode that goes on, as it was last told.
    Open: StreamEpisode voption
    /// The end of the episodes is pending or past, and no window was cut since.
    Closing: bool
    /// The episodes were ended, and no window was judged since.
    Finished: bool
    Alarms: AlarmState
    /// Repeated chunks when the last verdict came.
    Repeated: int64
    /// Why the stream failed since its last verdict; null: it has not.
    Failed: string | null
    /// The state that was told last, and its reason.
    Shown: StreamState
    Reason: string | null
} with

    /// Whether an episode goes on.
    member stream.InEpisode = stream.Open.IsSome
