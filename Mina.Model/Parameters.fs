namespace Mina.Model

open System
open System.IO
open Mina.Preprocess

/// How PyTorch's layers (and the paper's attention) draw their first weights.
[<RequireQualifiedAccess>]
type internal Initial =
    /// Mean 0, standard deviation 1.
    | Normal
    /// Even between -1/sqrt(fan) and 1/sqrt(fan).
    | Uniform of fan: int64

/// The same parameter of every channel (and direction), side by side, as the fused network computes with them.
type internal Group = {
    /// PyTorch's names, in the order in which the parts lie in the group.
    Names: string[]
    /// Dimensions over the parts: [channels], [2; channels] or [].
    Lead: int64[]
    /// Dimensions of one part, as PyTorch stores it.
    Shape: int64[]
    /// Where the group begins in the flat vector.
    Offset: int64
    Initial: Initial
} with

    /// Numbers in one part.
    member this.PartSize = Array.fold (*) 1L this.Shape
    /// Numbers in the group.
    member this.Size = this.PartSize * int64 this.Names.Length

/// The groups by what they are.
type internal Layout = {
    Conv: Group
    ConvBias: Group
    ConvK: Group
    ConvKBias: Group
    BeatW: Group
    BeatV: Group
    LstmIn: Group
    LstmHidden: Group
    LstmInBias: Group
    LstmHiddenBias: Group
    RhythmW: Group
    RhythmV: Group
    RhythmFc: Group
    RhythmFcBias: Group
    ChannelW: Group
    ChannelV: Group
    Fc: Group
    FcBias: Group
} with

    /// All groups, in the order of the flat vector.
    member this.Groups = [
        this.Conv
        this.ConvBias
        this.ConvK
        this.ConvKBias
        this.BeatW
        this.BeatV
        this.LstmIn
        this.LstmHidden
        this.LstmInBias
        this.LstmHiddenBias
        this.RhythmW
        this.RhythmV
        this.RhythmFc
        this.RhythmFcBias
        this.ChannelW
        this.ChannelV
        this.Fc
        this.FcBias
    ]

/// The network's parameters as one flat vector, and as PyTorch's named tensors.
module Parameters =
    let internal layoutOf (channels: int) : Layout =
        let mutable offset = 0L

        let group names lead shape initial =
            let g = {
                Names = names
                Lead = lead
                Shape = shape
                Offset = offset
                Initial = initial
            }

            offset <- offset + g.Size
            g

        let perChannel prefix name =
            group [| for c in 0 .. channels - 1 -> $"%s{prefix}.%d{c}.%s{name}" |] [| int64 channels |]

        // Direction first: the fused LSTM's groups are all channels forwards, then all channels backwards.
        let perDirection name =
            group [|
                for suffix in [ ""; "_reverse" ] do
                    for c in 0 .. channels - 1 -> $"rhythm_nets.%d{c}.lstm.%s{name}_l0%s{suffix}"
            |] [| 2L; int64 channels |]

        let uniform fan = Initial.Uniform fan
        let gates = 4L * Sizes.hidden
        let both = 2L * Sizes.hidden

        {
            Conv = perChannel "beat_nets" "conv.weight" [| Sizes.filters; 1L; Sizes.kernel |] (uniform Sizes.kernel)
            ConvBias = perChannel "beat_nets" "conv.bias" [| Sizes.filters |] (uniform Sizes.kernel)
            ConvK = perChannel "beat_nets" "conv_k.weight" [| 1L; 1L; Sizes.kernel |] (uniform Sizes.kernel)
            ConvKBias = perChannel "beat_nets" "conv_k.bias" [| 1L |] (uniform Sizes.kernel)
            BeatW = perChannel "beat_nets" "attn.att_W.weight" [| Sizes.attention; Sizes.filters + 1L |] Initial.Normal
            BeatV = perChannel "beat_nets" "attn.att_v.weight" [| 1L; Sizes.attention |] Initial.Normal
            LstmIn = perDirection "weight_ih" [| gates; Sizes.filters |] (uniform Sizes.hidden)
            LstmHidden = perDirection "weight_hh" [| gates; Sizes.hidden |] (uniform Sizes.hidden)
            LstmInBias = perDirection "bias_ih" [| gates |] (uniform Sizes.hidden)
            LstmHiddenBias = perDirection "bias_hh" [| gates |] (uniform Sizes.hidden)
            RhythmW = perChannel "rhythm_nets" "attn.att_W.weight" [| Sizes.attention; both + 1L |] Initial.Normal
            RhythmV = perChannel "rhythm_nets" "attn.att_v.weight" [| 1L; Sizes.attention |] Initial.Normal
            RhythmFc = perChannel "rhythm_nets" "fc.weight" [| Sizes.rhythm; both |] (uniform both)
            RhythmFcBias = perChannel "rhythm_nets" "fc.bias" [| Sizes.rhythm |] (uniform both)
            ChannelW =
                group [| "attn.att_W.weight" |] [||] [| Sizes.channelAttention; Sizes.rhythm + 1L |] Initial.Normal
            ChannelV = group [| "attn.att_v.weight" |] [||] [| 1L; Sizes.channelAttention |] Initial.Normal
            Fc = group [| "fc.weight" |] [||] [| 2L; Sizes.rhythm |] (uniform Sizes.rhythm)
            FcBias = group [| "fc.bias" |] [||] [| 2L |] (uniform Sizes.rhythm)
        }

    let internal layout = layoutOf Mina.Preprocess.Shapes.Channels

    /// Numbers in the flat vector: 115,274.
    let count = layout.Groups |> List.sumBy _.Size |> int

    /// PyTorch's order: by net, by channel, by layer.
    let private parts =
        let net (name: string) =
            if name.StartsWith "beat" then 0
            elif name.StartsWith "rhythm" then 1
            else 2

        let channel (name: string) =
            if net name < 2 then int (name.Split('.')[1]) else 0

        [
            for g in layout.Groups do
                for i, name in Array.indexed g.Names -> name, g, int (g.Offset + int64 i * g.PartSize)
        ]
        |> List.sortBy (fun (name, _, _) -> net name, channel name, name.EndsWith "_reverse") // stable

    /// Every parameter's name, in the order of PyTorch's state_dict (up to the order inside an LSTM).
    let names = parts |> List.map (fun (name, _, _) -> name)

    /// The flat vector's numbers under PyTorch's names.
    let toTensors (flat: float32[]) : (string * StoredTensor) list =
        if flat.Length <> count then
            invalidArg (nameof flat) $"The network has %d{count} parameters, not %d{flat.Length}."

        [
            for name, g, at in parts ->
                name,
                {
                    Shape = g.Shape
                    Data = TensorData.F32(Array.sub flat at (int g.PartSize))
                }
        ]

    /// The flat vector of a network's named tensors, in any order. ProblemException when one is missing, has another
    /// shape, or is not the network's.
    let ofTensors (tensors: (string * StoredTensor) seq) : float32[] =
        let byName = dict tensors
        let flat = Array.zeroCreate<float32> count

        for name, g, at in parts do
            match byName.TryGetValue name with
            | true, t when t.Shape = g.Shape -> Array.blit (t.AsFloat32()) 0 flat at (int g.PartSize)
            | true, t ->
                let shape (s: int64[]) = String.Join("x", s)
                raise (ProblemException $"Parameter '%s{name}' is %s{shape t.Shape}; MINA needs %s{shape g.Shape}.")
            | _ -> raise (ProblemException $"Parameter '%s{name}' is missing: these are not MINA's weights.")

        for KeyValue(name, _) in byName do
            if not (List.contains name names) then
                raise (
                    ProblemException $"Parameter '%s{name}' is not one of MINA's: these are another network's weights."
                )

        flat

    /// The first weights of a run: a pure function of the seed, the same on any machine and number of threads.
    let initial (seed: int64) : float32[] =
        let flat = Array.zeroCreate<float32> count

        for i, (_, g, at) in List.indexed parts do
            let mutable random = SplitMix64.FromKey(seed, int64 i)

            for j in at .. at + int g.PartSize - 1 do
                flat[j] <-
                    match g.Initial with
                    | Initial.Normal -> float32 (random.Normal())
                    | Initial.Uniform fan -> float32 ((2.0 * random.Uniform() - 1.0) / sqrt (float fan))

        flat

/// The weights half of a model: model.safetensors.
[<RequireQualifiedAccess>]
module Weights =
    /// The bytes of model.safetensors: PyTorch's names, loadable with `load_state_dict`.
    let encode (weights: float32[]) : byte[] =
        Safetensors.encode {
            Tensors = Parameters.toTensors weights
            Metadata = Map [ "format", "pt" ]
        }

    /// The weights in these bytes; ProblemException when they are not MINA's.
    let decode (bytes: byte[]) : float32[] =
        Parameters.ofTensors (Safetensors.decode bytes).Tensors
