namespace Mina.Model.Inference

#nowarn "9"

open Mina.Model

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
type internal Packed(lanes: int) =
    let layout = Parameters.layout
    let channels = Mina.Preprocess.Shapes.Channels
    let filters, hidden = int Sizes.filters, int Sizes.hidden
    let gates, both = 4 * hidden, 2 * hidden
    let width = max lanes (int Sizes.attention)

    // Padding of rows and of each layer to cache lines is well within half as much again.
    let placed = Placement(Parameters.count * 3 / 2)

    let direction g = {
        Input = placed.Turned(layout.LstmIn, g, filters, filters, gates)
        Recurrent = placed.Turned(layout.LstmHidden, g, hidden, hidden, gates)
        Bias = placed.Sum(layout.LstmInBias, layout.LstmHiddenBias, g)
    }

    let channel c = {
        Conv = placed.Copied(layout.Conv, c)
        ConvBias = placed.Copied(layout.ConvBias, c)
        ConvK = placed.Copied(layout.ConvK, c)
        ConvKBias = placed.Copied(layout.ConvKBias, c)
        BeatW = placed.Copied(layout.BeatW, c)
        BeatV = placed.Copied(layout.BeatV, c)
        Directions = [| direction c; direction (channels + c) |]
        RhythmW = placed.Turned(layout.RhythmW, c, both + 1, both + 1, width)
        RhythmV = placed.Rows(layout.RhythmV, c, int Sizes.attention, int Sizes.attention, width)
        Fc = placed.Turned(layout.RhythmFc, c, both, both, width)
        FcBias = placed.Rows(layout.RhythmFcBias, c, int Sizes.rhythm, int Sizes.rhythm, width)
    }

    let perChannel = Array.init channels channel
    let channelW = placed.Copied(layout.ChannelW, 0)
    let channelV = placed.Copied(layout.ChannelV, 0)
    let fc = placed.Copied(layout.Fc, 0)
    let fcBias = placed.Copied(layout.FcBias, 0)

    /// Takes these weights.
    member _.Load(weights: float32[]) = placed.Load weights

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
    member _.Memory = placed.Memory
