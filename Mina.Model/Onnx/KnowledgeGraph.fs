namespace Mina.Model.Onnx

open Mina.Model.Onnx.Operators
open Mina.Preprocess

/// The segments of B windows as values of a graph, channel first.
type internal SegmentValues = {
    /// (4, B, 60, 50), and so is KBeat.
    X: Value
    KBeat: Value
    /// (4, B, 60).
    KRhythm: Value
    /// (4, B).
    KFreq: Value
}

/// The knowledge of each channel as operators.
[<RequireQualifiedAccess>]
module internal KnowledgeGraph =
    let private blocks = [ -1; Shapes.SubSegments; Shapes.SubSegment ]
    let private whole = [ -1; Shapes.Window ]

    /// |x[t] - x[t - 1]|, which is 0 at a window's first sample, of the channels; that of the low channel comes from
    /// its steps.
    let private beat (g: GraphBuilder) (channels: Value list) (lowSteps: Value) =
        let steps (channel: Value) =
            let samples = reshape g whole channel
            subtract g (slice g 1 1L theEnd samples) (slice g 1 0L -1L samples)

        let low = reshape g whole lowSteps |> slice g 1 1L theEnd

        let steps =
            channels
            |> List.mapi (fun c channel -> if c = 1 then low else steps channel)
            |> stack g
            |> absolute g

        g.Node("Pad", [ steps; g.Integers("first", [ 0L; 0L; 1L; 0L; 0L; 0L ]) ])
        |> reshape g [ Shapes.Channels; -1; Shapes.SubSegments; Shapes.SubSegment ]

    /// Mean and variance along the last axis.
    let private moments (g: GraphBuilder) (x: Value) =
        let centre = meanKept g -1 x
        let distance = subtract g x centre
        centre, mean g -1 (multiply g distance distance)

    /// The segments of normalised windows (B, 3000).
    let ofWindows (g: GraphBuilder) (settings: PreprocessSettings) (windows: Value) : SegmentValues =
        g.Begin "filters"
        let filtered = FirGraph.channels g settings (reshape g blocks windows)
        let channels, lowSteps = List.truncate 4 filtered, List.last filtered
        g.Begin "knowledge"
        let x = stack g channels
        let means, variances = moments g x
        // The variance of a window is the mean of its sub-segments' variances and the variance of their means.
        let _, between = means |> squeeze g -1 |> moments g
        let perHertz = float32 Shapes.Window / float32 settings.Fs

        {
            X = x
            KBeat = beat g channels lowSteps
            KRhythm = root g variances
            KFreq = multiply g (add g (mean g -1 variances) between) (g.Float perHertz)
        }
