namespace Mina.Model

open System
open System.Collections.Generic
open System.Threading
open Mina.Preprocess

/// A mean over windows with its 95 % interval, found by a bootstrap over recordings.
[<Struct>]
type MeanInterval = { Value: float; Lo: float; Hi: float }

/// How far the probability of AF windows falls when a part of the signal is replaced by straight lines, which shows
/// whether the network needs the samples that it attends to.
type AttentionCheck = {
    /// The number of AF windows that were changed.
    Windows: int
    /// The number of recordings that they come from.
    Recordings: int
    /// The share of the samples that was blanked, 0 .. 1.
    Share: float
    /// The number of random choices for each window.
    Draws: int
    /// The mean probability of the unchanged windows.
    Before: MeanInterval
    /// The fall of the probability without the samples of highest attention.
    Attended: MeanInterval
    /// The fall without stretches of the same lengths at random places, as the mean of the draws.
    Random: MeanInterval
    /// The fall without the steepest samples, which are the QRS complexes: the fall for a network that looks at every
    /// beat.
    Steepest: MeanInterval
    /// `Attended` minus `Random`, window by window. The attention is meaningful where this is above 0.
    Difference: MeanInterval
}

/// Checks whether a model needs the samples that it attends to.
[<RequireQualifiedAccess>]
module AttentionChecks =
    /// The share of samples that is blanked.
    [<Literal>]
    let BlankedShare = 0.1

    /// The number of random choices for each window.
    [<Literal>]
    let RandomDraws = 5

    /// The largest number of windows that are changed.
    [<Literal>]
    let MaxWindows = 500

    let private resamples = 1000

    /// Chooses the windows to change: at most `MaxWindows` uniform AF windows, which are the same every time for a
    /// seed.
    [<CompiledName("Choose")>]
    let choose (seed: int64) (scores: WindowScore seq) : IReadOnlySet<WindowKey> =
        scores
        |> Seq.filter (fun score -> score.Class = 1 && Views.isUniform score)
        |> Sampling.windows seed MaxWindows
        |> Seq.map _.Key
        |> HashSet
        :> IReadOnlySet<WindowKey>

    /// The probability of one window and its falls.
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

    /// <summary>Blanks parts of windows and classifies the rest.</summary>
    /// <param name="classifier">The model.</param>
    /// <param name="traces">AF windows; windows of the other class are left out.</param>
    /// <param name="seed">The seed of the random places and of the bootstrap.</param>
    /// <param name="cancel">Stops between windows.</param>
    /// <returns>The falls, or null where there are no AF windows.</returns>
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
                Attended = interval _.Attended
                Random = interval _.Elsewhere
                Steepest = interval _.Steep
                Difference = interval (fun row -> row.Attended - row.Elsewhere)
            }
