namespace Mina.Model

open System
open System.Collections.Generic
open System.Threading
open Mina.Preprocess

/// A mean over windows with its 95 % interval, bootstrap over recordings.
[<Struct>]
type MeanInterval = { Value: float; Lo: float; Hi: float }

/// How far the probability of AF windows falls when a part of the signal is replaced by straight lines: whether the
/// network needs what it
/// attends to.
type AttentionCheck = {
    /// AF windows that were changed.
    Windows: int
    /// Recordings that they come from.
    Recordings: int
    /// Share of the samples that was blanked.
    Share: float
    /// Random choices a window.
    Draws: int
    /// Mean probability of the whole windows.
    Before: MeanInterval
    /// Fall of the probability without the most attended samples.
    Most: MeanInterval
    /// Fall without stretches of the same lengths at random places, mean of the draws.
    Random: MeanInterval
    /// Fall without the steepest samples, the QRS complexes: what looking at every beat would come to.
    Steepest: MeanInterval
    /// Most less Random, window by window: attention means something where it is above 0.
    Difference: MeanInterval
}

/// Checks a model's attention.
[<RequireQualifiedAccess>]
module AttentionChecks =
    /// The share of samples that is blanked.
    [<Literal>]
    let BlankedShare = 0.1

    /// Random choices a window.
    [<Literal>]
    let RandomDraws = 5

    /// Windows that are changed at most.
    [<Literal>]
    let MaxWindows = 500

    let private resamples = 1000

    /// Which windows to change: uniform AF windows, at most `MaxWindows`, the same every time for a seed.
    [<CompiledName("Choose")>]
    let choose (seed: int64) (scores: WindowScore seq) : IReadOnlySet<WindowKey> =
        scores
        |> Seq.filter (fun score -> score.Class = 1 && Views.isUniform score)
        |> Sampling.windows seed MaxWindows
        |> Seq.map _.Key
        |> HashSet
        :> IReadOnlySet<WindowKey>

    /// What became of one window's probability.
    [<Struct>]
    type private Row = {
        RecordingId: string
        Whole: float
        Attended: float
        Steep: float
        Elsewhere: float
    }

    let private rowOf seed (classifier: Classifier) (segments: TraceSegments) (window: LabelledTrace) : Row =
        let key = window.Key

        let attention =
            Attentions.ofRow (classifier.Explain(segments.Fill [| window.Trace |])) 0

        let attended = Blanking.highest (Attentions.overall attention) BlankedShare

        let after =
            [|
                attended
                Blanking.steepest (ReadOnlySpan window.Trace) BlankedShare
                for draw in 0 .. RandomDraws - 1 do
                    Blanking.elsewhere seed key.RecordingId key.Start draw attended
            |]
            |> Array.map (fun blanked -> Blanking.without (ReadOnlySpan window.Trace) blanked)

        let after =
            segments.Probabilities(after, Func<SegmentBatch, float32[]> classifier.Predict)
            |> Array.map float

        {
            RecordingId = key.RecordingId
            Whole = attention.Probability
            Attended = attention.Probability - after[0]
            Steep = attention.Probability - after[1]
            Elsewhere = attention.Probability - Array.averageBy id after[2..]
        }

    /// <summary>Blanks parts of windows and classifies what is left.</summary>
    /// <param name="classifier">The model.</param>
    /// <param name="traces">AF windows; those of other classes are left out.</param>
    /// <param name="seed">Of the random places and of the bootstrap.</param>
    /// <param name="cancel">Stops between windows.</param>
    /// <returns>Null without AF windows.</returns>
    [<CompiledName("Run")>]
    let run
        (classifier: Classifier)
        (traces: LabelledTrace seq)
        (seed: int64)
        (cancel: CancellationToken)
        : AttentionCheck | null =
        let windows = traces |> Seq.filter (fun trace -> trace.Class = 1) |> Seq.toArray

        if windows.Length = 0 then
            null
        else
            let segments = TraceSegments classifier.Info.Preprocessing

            let rows =
                windows
                |> Array.map (fun window ->
                    cancel.ThrowIfCancellationRequested()
                    rowOf seed classifier segments window)

            let ids = rows |> Array.map _.RecordingId

            let interval (value: Row -> float) : MeanInterval =
                let struct (mean, lo, hi) =
                    Bootstrap.mean95 seed resamples (Array.map value rows) ids

                { Value = mean; Lo = lo; Hi = hi }

            {
                Windows = rows.Length
                Recordings = ids |> Array.distinct |> Array.length
                Share = BlankedShare
                Draws = RandomDraws
                Before = interval _.Whole
                Most = interval _.Attended
                Random = interval _.Elsewhere
                Steepest = interval _.Steep
                Difference = interval (fun row -> row.Attended - row.Elsewhere)
            }
