namespace Mina.Model.Networks.FreqNet

open Mina.Model
open Mina.Model.Simd

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
    let layout = Layout.groups
    let channels = Mina.Preprocess.Shapes.Channels
    let both = 2 * Sizes.Hidden
    let forward = InferenceWeights lanes
    let arranged = ArrangedWeights(AlignedBuffer.Padded Layout.count)

    let channel c = {
        LstmIn = [|
            arranged.Copied(layout.LstmIn, c)
            arranged.Copied(layout.LstmIn, channels + c)
        |]
        LstmHidden = [|
            arranged.Copied(layout.LstmHidden, c)
            arranged.Copied(layout.LstmHidden, channels + c)
        |]
        RhythmW = arranged.Padded(layout.RhythmW, c, both, both + 1, both)
        Fc = arranged.Copied(layout.RhythmFc, c)
    }

    let backward = Array.init channels channel

    /// Takes these weights.
    member _.Load(weights: float32[]) =
        forward.Load weights
        arranged.Load weights

    /// As the forward pass reads them.
    member _.Forward = forward
    /// By channel.
    member _.Backward = backward
    /// What the pointers point into.
    member _.Memory = arranged.Memory
