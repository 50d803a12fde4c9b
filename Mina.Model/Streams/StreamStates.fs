namespace Mina.Model.Streams

open System
open Mina.Model
open Mina.Preprocess

/// What a stream is doing, as far as its value and the server's clock say.
[<RequireQualifiedAccess>]
module StreamStates =
    /// When the stream falls silent, unless something arrives.
    let internal silentAt (rules: StreamRules) (stream: StreamValue) =
        stream.Arrived + max rules.StaleAfter (2.0 * stream.ChunkLength)

    /// When its last verdict is too old, unless another comes.
    let internal oldAt (rules: StreamRules) (stream: StreamValue) =
        stream.Fresh + rules.FreshFor + stream.ChunkLength

    let private reasonOfSilence (stream: StreamValue) =
        match stream.Failed with
        | null ->
            if stream.Waiting.Length > 0 then
                "verdicts are late"
            elif stream.Cutter.Order.Repeated > stream.Repeated then
                "its chunks came before"
            else
                "no 10 s of signal without a break"
        | failed -> failed

    /// What the stream is doing at an instant of the server's clock, and why in a few words (null: nothing to say).
    [<CompiledName("At")>]
    let at (rules: StreamRules) (stream: StreamValue) (now: DateTimeOffset) : struct (StreamState * (string | null)) =
        if silentAt rules stream <= now then
            struct (StreamState.Stale, null)
        elif oldAt rules stream <= now then
            struct (StreamState.NotMonitored, reasonOfSilence stream)
        else
            match stream.Last with
            | ValueNone -> struct (StreamState.Starting, null)
            | ValueSome last when last.Verdict.Fault <> WindowFault.None ->
                struct (StreamState.Unclassifiable, WindowFaults.WordsOf last.Verdict.Fault)
            | ValueSome _ when stream.InEpisode -> struct (StreamState.AF, null)
            | ValueSome last when last.Verdict.Probability.Value >= rules.Threshold || stream.Episodes.Run.Active ->
                let minimum = rules.Episodes.MinimumSeconds
                struct (StreamState.PossibleAF, (if minimum > 0.0 then $"under {minimum:``0.#``} s" else null))
            | ValueSome _ -> struct (StreamState.Normal, null)
