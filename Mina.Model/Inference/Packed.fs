namespace Mina.Model.Inference

#nowarn "9"

open System
open Microsoft.FSharp.NativeInterop
open Mina.Model

/// One direction of one channel's LSTM. The 128 gates of a row lie register by register, the four gates (i, f, g, o) of the
/// same units in neighbouring registers.
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
    /// (65, width), (8).
    RhythmW: Pointer
    RhythmV: Pointer
    /// (64, width), (width).
    Fc: Pointer
    FcBias: Pointer
}

/// A network's weights, laid out once for registers of `lanes` numbers.
[<Sealed>]
type internal Packed(weights: float32[], lanes: int) =
    let layout = Parameters.layout
    let channels = Mina.Preprocess.Shapes.Channels
    let filters, hidden = int Sizes.filters, int Sizes.hidden
    let gates, both = 4 * hidden, 2 * hidden
    let attention = int Sizes.attention
    let width = max lanes attention

    // Padding of rows and of each layer to cache lines is well within half as much again.
    let buffer = Buffer(weights.Length * 3 / 2)

    /// The numbers of one channel (and direction).
    let part (group: Group) i =
        Array.sub weights (int (group.Offset + int64 i * group.PartSize)) (int group.PartSize)

    /// `size` numbers, number i of `from` at `place i`.
    let placed size (place: int -> int) (from: float32[]) : Pointer =
        let p = buffer.Take size
        from |> Array.iteri (fun i x -> NativePtr.set p (place i) x)
        p

    let copied (from: float32[]) = placed from.Length id from

    /// (outputs, inputs) as PyTorch stores it to (inputs, row of `wide`), output j at column `column j`.
    let turned inputs wide column (from: float32[]) =
        placed (inputs * wide) (fun i -> i % inputs * wide + column (i / inputs)) from

    /// Where PyTorch's gate row (i, f, g, o; `hidden` each) goes.
    let column row =
        let gate, unit = row / hidden, row % hidden
        (unit / lanes * 4 + gate) * lanes + unit % lanes

    let direction g = {
        Input = turned filters gates column (part layout.LstmIn g)
        Recurrent = turned hidden gates column (part layout.LstmHidden g)
        Bias =
            Array.map2 (+) (part layout.LstmInBias g) (part layout.LstmHiddenBias g)
            |> placed gates column
    }

    let channel c = {
        Conv = copied (part layout.Conv c)
        ConvBias = copied (part layout.ConvBias c)
        ConvK = copied (part layout.ConvK c)
        ConvKBias = copied (part layout.ConvKBias c)
        BeatW = copied (part layout.BeatW c)
        BeatV = copied (part layout.BeatV c)
        Directions = [| direction c; direction (channels + c) |]
        RhythmW = turned (both + 1) width id (part layout.RhythmW c)
        RhythmV = copied (part layout.RhythmV c)
        Fc = turned both width id (part layout.RhythmFc c)
        FcBias = placed width id (part layout.RhythmFcBias c)
    }

    let perChannel = Array.init channels channel
    let channelW = copied (part layout.ChannelW 0)
    let channelV = copied (part layout.ChannelV 0)
    let fc = copied (part layout.Fc 0)
    let fcBias = copied (part layout.FcBias 0)

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
    member _.Memory = buffer
