namespace Mina.Model

open System
open System.Collections.Generic
open Mina.Preprocess

/// Identifies a window by its recording and its start.
[<Struct>]
type WindowKey = {
    RecordingId: string
    /// The first sample of the window, at 300 Hz from the recording's start.
    Start: int
}

/// A labelled window and the probability that a model gave it. All figures are computed from these.
type WindowScore = {
    RecordingId: string
    /// The first sample of the window, at 300 Hz from the recording's start.
    Start: int
    /// The label of the recording; null where only its class is known.
    Label: Nullable<Label>
    /// The class: 1 is AF, 0 is not AF.
    Class: int
    /// The probability of AF, 0 .. 1.
    Probability: float
} with

    /// The window's key.
    member score.Key: WindowKey = {
        RecordingId = score.RecordingId
        Start = score.Start
    }

/// One way of looking at the same scores: rows, and the recording that each belongs to.
type View = {
    /// `paper`, `uniform` or `recording`.
    Name: string
    Scores: float[]
    Classes: int[]
    Labels: Nullable<Label>[]
    /// The index of each row's recording in RecordingIds.
    Recording: int[]
    /// The ids of the recordings in ordinal order, each once.
    RecordingIds: string[]
}

/// The three views that every evaluation reports.
module Views =
    /// The name of the view of all windows.
    [<Literal>]
    let PaperName = "paper"

    /// The name of the view of the windows every 5/3 s.
    [<Literal>]
    let UniformName = "uniform"

    /// The name of the view with one row for each recording.
    [<Literal>]
    let RecordingName = "recording"

    let private view name (windows: WindowScore[]) =
        let ids = windows |> Array.map _.RecordingId |> HashSet |> Seq.toArray

        Array.Sort(ids, StringComparer.Ordinal)
        let index = Dictionary(StringComparer.Ordinal)
        ids |> Array.iteri (fun i id -> index[id] <- i)

        {
            Name = name
            Scores = windows |> Array.map _.Probability
            Classes = windows |> Array.map _.Class
            Labels = windows |> Array.map _.Label
            Recording = windows |> Array.map (fun w -> index[w.RecordingId])
            RecordingIds = ids
        }

    /// Whether a window lies on the stride of class 0, whatever its own class: its start is divisible by 500.
    [<CompiledName("IsUniform")>]
    let isUniform (window: WindowScore) =
        window.Start % PreprocessSettings.Default.StrideNotAF = 0

    /// The view of all windows, as the paper scores them. AF recordings are cut ten times as densely, which inflates
    /// the share of AF and with it PR-AUC, F1 and PPV.
    [<CompiledName("Paper")>]
    let paper (windows: WindowScore[]) : View = view PaperName windows

    /// The view of the windows whose start is divisible by 500, so that all recordings are cut alike.
    [<CompiledName("Uniform")>]
    let uniform (windows: WindowScore[]) : View =
        windows |> Array.filter isUniform |> view UniformName

    /// The view with one row for each recording, the mean probability of its uniform windows. A recording without any
    /// is left out. Raises ArgumentException when windows of one recording have different classes.
    [<CompiledName("Recording")>]
    let recording (windows: WindowScore[]) : View =
        windows
        |> Array.filter isUniform
        |> Array.groupBy _.RecordingId
        |> Array.map (fun (id, own) ->
            // The windows are sorted, so that the last bit of the mean does not depend on their order.
            let own = own |> Array.sortBy _.Start

            if own |> Array.exists (fun w -> w.Class <> own[0].Class) then
                invalidArg
                    (nameof windows)
                    ($"Windows of recording {id} have different classes: "
                     + "a recording is AF or it is not. Ingest it again.")

            {
                own[0] with
                    Probability = own |> Array.averageBy _.Probability
            })
        |> view RecordingName

    /// <summary>The `recording` view of recordings that were judged as a whole, one row each.</summary>
    /// <param name="ids">The ids of the recordings, each once, in ordinal order.</param>
    /// <param name="labels">What they show; null where only the class is known.</param>
    /// <param name="classes">1 = AF, 0 = not AF.</param>
    /// <param name="scores">Probabilities of AF, 0 .. 1.</param>
    let internal ofRecordings (ids: string[]) (labels: Nullable<Label>[]) (classes: int[]) (scores: float[]) : View = {
        Name = RecordingName
        Scores = scores
        Classes = classes
        Labels = labels
        Recording = Array.init ids.Length id
        RecordingIds = ids
    }

    /// The three views: `paper`, `uniform` and `recording`.
    [<CompiledName("All")>]
    let all (windows: WindowScore[]) : View[] = [| paper windows; uniform windows; recording windows |]
