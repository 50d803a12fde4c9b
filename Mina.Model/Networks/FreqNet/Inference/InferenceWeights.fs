namespace Mina.Model.Networks.FreqNet

#nowarn "9"

open Mina.Model
open Mina.Model.Simd

/// The weights of one direction of one channel's LSTM. The gates are in PyTorch's order: i, f, g and o, of 32 units
/// each.
type internal DirectionWeights = {
    /// (64 inputs, 128 gates).
    Input: Pointer
    /// (32 units, 128 gates).
    Recurrent: Pointer
    /// (128 gates): the sum of PyTorch's two biases.
    Bias: Pointer
}

/// One channel's weights as the kernels read them. `width` is the attention's 8, or the width of a register where that
/// is more.
type internal ChannelWeights = {
    /// (64, 32) and (64) for the signal; (32) and (1) for the knowledge.
    Conv: Pointer
    ConvBias: Pointer
    ConvK: Pointer
    ConvKBias: Pointer
    /// (8, 65) and (8).
    BeatW: Pointer
    BeatV: Pointer
    /// The two directions: forwards and backwards in time.
    Directions: DirectionWeights[]
    /// (65, width) and (width).
    RhythmW: Pointer
    RhythmV: Pointer
    /// (64, width) and (width).
    Fc: Pointer
    FcBias: Pointer
}

/// A network's weights, laid out for registers of `lanes` numbers.
[<Sealed>]
type internal InferenceWeights(lanes: int) =
    let layout = Layout.groups
    let channels = Mina.Preprocess.Shapes.Channels
    let filters, hidden = Sizes.Filters, Sizes.Hidden
    let gates, both = 4 * hidden, 2 * hidden
    let width = max lanes (Sizes.Attention)

    // The padding of rows, and of each layer to cache lines, takes well under half as much again.
    let arranged = ArrangedWeights(Layout.count * 3 / 2)

    let direction g = {
        Input = arranged.Transposed(layout.LstmIn, g, filters, filters, gates)
        Recurrent = arranged.Transposed(layout.LstmHidden, g, hidden, hidden, gates)
        Bias = arranged.Summed(layout.LstmInBias, layout.LstmHiddenBias, g)
    }

    let channel c = {
        Conv = arranged.Copied(layout.Conv, c)
        ConvBias = arranged.Copied(layout.ConvBias, c)
        ConvK = arranged.Copied(layout.ConvK, c)
        ConvKBias = arranged.Copied(layout.ConvKBias, c)
        BeatW = arranged.Copied(layout.BeatW, c)
        BeatV = arranged.Copied(layout.BeatV, c)
        Directions = [| direction c; direction (channels + c) |]
        RhythmW = arranged.Transposed(layout.RhythmW, c, both + 1, both + 1, width)
        RhythmV = arranged.Padded(layout.RhythmV, c, Sizes.Attention, Sizes.Attention, width)
        Fc = arranged.Transposed(layout.RhythmFc, c, both, both, width)
        FcBias = arranged.Padded(layout.RhythmFcBias, c, Sizes.Rhythm, Sizes.Rhythm, width)
    }

    let perChannel = Array.init channels channel
    let channelW = arranged.Copied(layout.ChannelW, 0)
    let channelV = arranged.Copied(layout.ChannelV, 0)
    let fc = arranged.Copied(layout.Fc, 0)
    let fcBias = arranged.Copied(layout.FcBias, 0)

    /// Fills the layout with these weights.
    member _.Load(weights: float32[]) = arranged.Load weights

    member _.Channels = perChannel
    /// (2, 9) and (2): the attention over the channels.
    member _.ChannelW = channelW
    member _.ChannelV = channelV
    /// (2, 8) and (2): the classes.
    member _.Fc = fc
    member _.FcBias = fcBias
    /// The number of numbers in a row of `ChannelWeights.RhythmW` and `Fc`.
    member _.Width = width
    /// The buffer that the pointers point into, which must be kept alive while they are used.
    member _.Memory = arranged.Memory
