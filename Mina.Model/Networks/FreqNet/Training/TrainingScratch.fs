namespace Mina.Model.Networks.FreqNet

open Mina.Model
open Mina.Model.Simd
open Mina.Preprocess

/// What one thread needs of memory while it works on a block.
[<Sealed>]
type internal TrainingScratch<'V, 'L when 'V: struct and 'L :> IFloatLanes<'V> and 'L: struct>(windows: int) =
    let rows = windows * Shapes.SubSegments
    let channels = Shapes.Channels
    let tiles = rows * BeatKernel<'V, 'L>.Rows
    let wide = rows * Sizes.Filters
    let head = windows * HeadKernel<'V, 'L>.Scratch
    let features = windows * channels * 16

    let rest =
        List.max [
            BeatGradient<'V, 'L>.Scratch
            LstmGradient<'V, 'L>.Scratch windows
            HeadGradient<'V, 'L>.Scratch
        ]

    let buffer =
        AlignedBuffer(
            channels * (tiles + LstmState.Size windows + head)
            + 3 * wide
            + 3 * features
            + windows * 64
            + BeatSums.Size
            + rest
            + 64
            + 64 * 16
        )

    /// By channel: tiles of sub-segments, the LSTM's state, the heads of the windows.
    member val Tiles = Array.init channels (fun _ -> buffer.Take tiles)
    member val Lstm = Array.init channels (fun _ -> LstmState(buffer, windows))
    member val Head = Array.init channels (fun _ -> buffer.Take head)
    /// (64, rows), (rows, 64), (rows, 64).
    member val Beats = buffer.Take wide
    member val ByOutput = buffer.Take wide
    member val ByBeats = buffer.Take wide
    /// (windows, channels, width): after relu, after dropout, gradients.
    member val Features = buffer.Take features
    member val Dropped = buffer.Take features
    member val ByFeatures = buffer.Take features
    /// (windows, 64).
    member val Classes = buffer.Take(windows * 64)
    member val Sums = BeatSums buffer
    member val Rest = buffer.Take rest
    member val Zeros = buffer.Take 64
    /// What the pointers point into.
    member _.Memory = buffer
