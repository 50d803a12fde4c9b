namespace Mina.Model.Networks.FreqNet

open Mina.Model
open Mina.Model.Simd

/// The weights of one channel that the backward pass reads beside those of the forward pass.
type internal BackwardWeights = {
    /// (128 gates, 64 inputs) and (128 gates, 32 units), each for both directions in time.
    LstmIn: Pointer[]
    LstmHidden: Pointer[]
    /// (8, 64): the weights without the knowledge's column.
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

    /// Fills the layout with these weights.
    member _.Load(weights: float32[]) =
        forward.Load weights
        arranged.Load weights

    /// The weights as the forward pass reads them.
    member _.Forward = forward
    /// The weights of the backward pass, for each channel.
    member _.Backward = backward
    /// The buffer that the pointers point into, which must be kept alive while they are used.
    member _.Memory = arranged.Memory
