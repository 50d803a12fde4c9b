namespace Mina.Model.Streams

open System
open Mina.Model
open Mina.Preprocess

/// Says what a stream is doing, by its value and the server's clock.
[<RequireQualifiedAccess>]
module StreamStates =
    // The share of the server's time that a device's clock must have advanced since the last verdict to count as going.
    let private slowestClock = 0.75

    // Compares ticks, because every stream is asked a few times a second and F#'s generic comparisons would box each
    // instant.
    let private later (a: DateTimeOffset) (b: DateTimeOffset) =
        if a.UtcTicks < b.UtcTicks then b else a

    let private longer (a: TimeSpan) (b: TimeSpan) = if a.Ticks < b.Ticks then b else a

    /// The time when the stream falls silent, unless something arrives.
    let internal silentAt (rules: StreamRules) (stream: StreamValue) =
        stream.Arrived + longer rules.StaleAfter (2.0 * stream.ChunkLength)

    /// The time when that raises an alarm: devices need a while to find a monitor that was started again.
    let internal staleAt (rules: StreamRules) (stream: StreamValue) =
        later (silentAt rules stream) (stream.Resumed + rules.StaleAfter)

    // Chunks of up to this length all have the same time, so that the length of a stream's first chunk decides nothing.
    let private usualChunk = TimeSpan.FromSeconds 1.5

    /// How long a stream may go without a verdict. A device that sends chunks of several seconds gives none in between.
    let private patience (rules: StreamRules) (stream: StreamValue) =
        rules.FreshFor + longer usualChunk stream.ChunkLength

    let private firstWindow =
        TimeSpan.FromSeconds(float Shapes.Window / float Shapes.Fs)

    /// The instant from which the patience with a stream counts that has just come. Signal arrives as fast as it is
    /// made, so that the first window is there 10 s after the first chunk at the latest, and a chunk's length later
    /// where the first one was shorter than those that followed.
    let internal freshFrom (rules: StreamRules) (came: DateTimeOffset) =
        came + longer TimeSpan.Zero (firstWindow - rules.FreshFor)

    /// The time when no window has been cut for too long, unless one is.
    let internal windowlessAt (rules: StreamRules) (stream: StreamValue) = stream.Due + patience rules stream

    /// The time when its last verdict is too old, unless another comes.
    let internal oldAt (rules: StreamRules) (stream: StreamValue) =
        (if isNull stream.Failed then
             later stream.Fresh stream.Resumed
         else
             stream.Fresh)
        + patience rules stream

    let private longestLag = TimeSpan.FromDays 365.0

    /// The time from which on the device's clock is too slow for what came since the last verdict.
    let private clockWrongAt (rules: StreamRules) (stream: StreamValue) =
        match stream.Cutter.Session with
        | null -> DateTimeOffset.MaxValue
        | _ when not stream.Origin.HasValue -> DateTimeOffset.MaxValue
        | session ->
            let judged =
                stream.Origin.Value.AddSeconds(stream.LastStart + rules.Episodes.WindowSeconds)

            let came = session.Until - judged

            if came.Ticks > longestLag.Ticks then
                DateTimeOffset.MaxValue
            else
                stream.Fresh + longer TimeSpan.Zero came / slowestClock

    /// The time from which on its clock is the reason why a stream is not monitored, unless a verdict comes.
    let internal clockBlamedAt (rules: StreamRules) (stream: StreamValue) =
        later (oldAt rules stream) (clockWrongAt rules stream)

    let private reasonOfSilence (rules: StreamRules) (stream: StreamValue) now =
        match stream.Failed with
        | null ->
            if stream.Pending.Length > 0 && windowlessAt rules stream > now then
                "verdicts are late"
            elif stream.Cutter.Order.Repeated > stream.Repeated then
                "its chunks came before"
            elif clockWrongAt rules stream <= now then
                "the device's clock stands still or went back"
            elif stream.Cutter.Windows = 0L && stream.Cutter.Sessions > 1L then
                "it begins again before 10 s have come: its clock goes back, or it restarts"
            else
                "no 10 s of signal without a break"
        | failed -> failed

    let private blindSeconds = 60.0

    /// Whether no window of a minute could be classified, for noise, saturation or gaps: nobody watches the patient
    /// then. A lead that is off has an alarm of its own.
    let internal isBlind (rules: StreamRules) (stream: StreamValue) =
        let windows =
            1
            + int ((blindSeconds - rules.Episodes.WindowSeconds) / rules.Episodes.StrideSeconds)

        let before = stream.Recent.Length - windows

        before >= 0
        && not (Array.exists (fun (alarm: ActiveAlarm) -> alarm.Kind = AlarmKind.LeadOff) stream.Alarms.Active)
        && stream.Recent
           |> Seq.skip before
           |> Seq.forall (fun answer -> not answer.HasValue)

    let private isCurrent (rules: StreamRules) (stream: StreamValue) (verdict: StreamVerdict) now =
        now < verdict.Seen + patience rules stream

    /// Returns what the stream is doing at an instant of the server's clock, and why, in a few words or null.
    [<CompiledName("At")>]
    let at (rules: StreamRules) (stream: StreamValue) (now: DateTimeOffset) : struct (StreamState * (string | null)) =
        if stream.Arrived < stream.Resumed || silentAt rules stream <= now then
            struct (StreamState.Stale, null)
        elif oldAt rules stream <= now then
            struct (StreamState.NotMonitored, reasonOfSilence rules stream now)
        else
            match stream.Last with
            | ValueSome last when isCurrent rules stream last now ->
                if last.Verdict.Fault <> WindowFault.None then
                    let fault = WindowFaults.Describe last.Verdict.Fault

                    if isBlind rules stream then
                        struct (StreamState.NotMonitored, $"no classifiable window for a minute: {fault}")
                    else
                        struct (StreamState.Unclassifiable, fault)
                elif stream.InEpisode then
                    struct (StreamState.AF, null)
                elif last.Verdict.Probability.Value >= rules.Threshold || stream.Episodes.Run.Active then
                    let minimum = rules.Episodes.MinimumSeconds
                    struct (StreamState.PossibleAF, (if minimum > 0.0 then $"under {minimum:``0.#``} s" else null))
                else
                    struct (StreamState.Normal, null)
            | _ -> struct (StreamState.Starting, null)
