namespace Mina.Model.Networks.FreqNet

open Mina.Model
open Mina.Model.Simd
open Mina.Preprocess

/// The memory that one thread needs while it works on a block.
[<Sealed>]
type internal TrainingScratch<'V, 'L when 'V: struct and 'L :> IFloatLanes<'V> and 'L: struct>(windows: int) =
    let rows = windows * Shapes.SubSegments
    let channels = Shapes.Channels
    let tiles = rows * BeatKernel<'V, 'L>.Rows
    let wide = rows * Sizes.Filters
    let head = windows * HeadKernel<'V, 'L>.Scratch
    let features = windows * channels * Registers.MaxLanes
    let classes = windows * HeadKernel<'V, 'L>.ClassesScratch
    let zeros = 2 * Sizes.Hidden

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
            + classes
            + BeatSums.Size
            + rest
            + zeros
            // There are fewer than 64 pieces, and each may begin up to a cache line later than the one before it ends.
            + 64 * Registers.MaxLanes
        )

    /// For each channel: the tiles of sub-segments, the state of the LSTM, and the heads of the windows.
    member val Tiles = Array.init channels (fun _ -> buffer.Take tiles)
    member val Lstm = Array.init channels (fun _ -> LstmState(buffer, windows))
    member val Head = Array.init channels (fun _ -> buffer.Take head)
    /// (64, rows): the beats; then (rows, 64) each, the gradients by the LSTM's outputs and by the beats.
    member val Beats = buffer.Take wide
    member val ByOutput = buffer.Take wide
    member val ByBeats = buffer.Take wide
    /// (windows, channels, width): the features after relu, after dropout, and the gradients by them.
    member val Features = buffer.Take features
    member val Dropped = buffer.Take features
    member val ByFeatures = buffer.Take features
    /// (windows, `HeadKernel.ClassesScratch`).
    member val Classes = buffer.Take classes
    member val Sums = BeatSums buffer
    member val Rest = buffer.Take rest
    member val Zeros = buffer.Take zeros
    /// The buffer that the pointers point into, which must be kept alive while they are used.
    member _.Memory = buffer
