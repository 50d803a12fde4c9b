namespace Mina.Model.Networks.FreqNet

#nowarn "9"

open Mina.Model
open Mina.Model.Simd

/// One direction of one channel's LSTM; gates in PyTorch's order: i, f, g, o of 32 units each.
type internal DirectionWeights = {
    /// (64 inputs, 128 gates).
    Input: Pointer
    /// (32 units, 128 gates).
    Recurrent: Pointer
    /// (128 gates): PyTorch's two, added.
    Bias: Pointer
}

/// One channel's weights as the kernels read them; `width` is attention's 8, or a register where that is more.
type internal ChannelWeights = {
    /// (64, 32), (64); (32), (1).
    Conv: Pointer
    ConvBias: Pointer
    ConvK: Pointer
    ConvKBias: Pointer
    /// (8, 65), (8).
    BeatW: Pointer
    BeatV: Pointer
    /// Forwards and backwards in time.
    Directions: DirectionWeights[]
    /// (65, width), (width).
    RhythmW: Pointer
    RhythmV: Pointer
    /// (64, width), (width).
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

    // Padding of rows and of each layer to cache lines is well within half as much again.
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

    /// Takes these weights.
    member _.Load(weights: float32[]) = arranged.Load weights

    member _.Channels = perChannel
    /// (2, 9), (2): attention over the channels.
    member _.ChannelW = channelW
    member _.ChannelV = channelV
    /// (2, 8), (2): the classes.
    member _.Fc = fc
    member _.FcBias = fcBias
    /// Numbers in a row of `ChannelWeights.RhythmW` and `Fc`.
    member _.Width = width
    /// What the pointers point into.
    member _.Memory = arranged.Memory
