namespace Mina.Model

open System
open System.Collections.Generic
open Mina.Preprocess.Beats

/// The knowledge of a recording of up to 61 s as numbers: what the network saw in its windows, and the rhythm of its
/// beats.
[<RequireQualifiedAccess>]
module RecordingKnowledge =
    /// The names of the numbers, in order. Logarithms are natural.
    let names =
        Array.concat [
            [|
                "logit" // mean log odds of AF of the windows, within -7 .. 7
                "spread" // their standard deviation
                "length" // log of the length over 30 s
            |]
            RhythmKnowledge.names
            [| "no_rhythm" |] // 1 where there are fewer than eight intervals, so that no rhythm is known, else 0
        ]

    /// <summary>Computes the numbers of a recording.</summary>
    /// <param name="windows">The network's verdicts of its windows.</param>
    /// <param name="beats">All its beats, in order of time.</param>
    /// <param name="seconds">Its length, above 0.</param>
    /// <returns>The numbers of <c>names</c>, NaN where one is not known; null where no window is
    /// classifiable.</returns>
    [<CompiledName("OfRecording")>]
    let ofRecording (windows: IReadOnlyList<Verdict>) (beats: Beat[]) (seconds: float) : float[] | null =
        let logits =
            windows
            |> Seq.filter _.Probability.HasValue
            |> Seq.map (fun window -> RhythmScaling.logit window.Probability.Value)
            |> Seq.toArray

        if logits.Length = 0 then
            null
        else
            let mean = Array.average logits

            let variance =
                logits |> Array.averageBy (fun logit -> (logit - mean) * (logit - mean))

            let rhythm, isMissing =
                match RhythmKnowledge.ofMinute (ReadOnlySpan beats) seconds with
                | null -> Array.create RhythmKnowledge.names.Length nan, 1.0
                | known -> known, 0.0

            Array.concat [ [| mean; sqrt variance; log (seconds / 30.0) |]; rhythm; [| isMissing |] ]
