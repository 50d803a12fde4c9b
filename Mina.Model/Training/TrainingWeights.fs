namespace Mina.Model.Training

open Mina.Model
open Mina.Model.Inference

/// One channel's weights as the backward pass reads them beside the forward pass's.
type internal BackwardWeights = {
    /// Forwards and backwards in time: (128 gates, 64 inputs), (128 gates, 32 units).
    LstmIn: Pointer[]
    LstmHidden: Pointer[]
    /// (8, 64): without the knowledge's column.
    RhythmW: Pointer
    /// (8, 64).
    Fc: Pointer
}

/// A network's weights, laid out for training on registers of `lanes` numbers.
[<Sealed>]
type internal TrainingWeights(lanes: int) =
    let layout = Parameters.layout
    let channels = Mina.Preprocess.Shapes.Channels
    let both = 2 * int Sizes.hidden
    let forward = Packed lanes
    let placed = Placement(Buffer.Padded Parameters.count)

    let channel c = {
        LstmIn = [|
            placed.Copied(layout.LstmIn, c)
            placed.Copied(layout.LstmIn, channels + c)
        |]
        LstmHidden = [|
            placed.Copied(layout.LstmHidden, c)
            placed.Copied(layout.LstmHidden, channels + c)
        |]
        RhythmW = placed.Rows(layout.RhythmW, c, both, both + 1, both)
        Fc = placed.Copied(layout.RhythmFc, c)
    }

    let backward = Array.init channels channel

    /// Takes these weights.
    member _.Load(weights: float32[]) =
        forward.Load weights
        placed.Load weights

    /// As the forward pass reads them.
    member _.Forward = forward
    /// By channel.
    member _.Backward = backward
    /// What the pointers point into.
    member _.Memory = placed.Memory
