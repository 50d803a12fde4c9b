namespace Mina.Model.Networks.FreqNet

open Mina.Model
open Mina.Preprocess

/// Sizes that the paper fixes (section 4.2).
module internal Sizes =
    /// Samples under the convolution's kernel.
    [<Literal>]
    let Kernel = AttentionSizes.Kernel

    /// Samples between two positions of the kernel.
    [<Literal>]
    let Stride = AttentionSizes.Stride

    /// Positions of the kernel in a sub-segment. Some kernels are unrolled for five positions at a time, twice.
    [<Literal>]
    let Positions = AttentionSizes.Positions

    /// Convolution filters of a channel.
    [<Literal>]
    let Filters = 64

    /// Units of the LSTM in each direction.
    [<Literal>]
    let Hidden = 32

    /// Features of a channel's rhythm.
    [<Literal>]
    let Rhythm = 8

    /// Width of the attention over positions and of that over sub-segments.
    [<Literal>]
    let Attention = 8

    /// Width of the attention over channels.
    [<Literal>]
    let ChannelAttention = 2

    /// Not AF and AF.
    [<Literal>]
    let Classes = 2

/// How PyTorch's layers, and the paper's attention, draw their first weights.
[<RequireQualifiedAccess>]
type internal InitialValues =
    /// Normal with mean 0 and standard deviation 1.
    | Normal
    /// Uniform between -1/sqrt(fan) and 1/sqrt(fan).
    | Uniform of fan: int

/// The same parameter of every channel (and direction), side by side in the flat vector.
type internal Group = {
    /// PyTorch's names, in the order in which the parts lie in the group.
    Names: string[]
    /// Dimensions of one part, as PyTorch stores it.
    Shape: int64[]
    /// How many numbers one part holds.
    PartSize: int
    /// Where the group begins in the flat vector.
    Offset: int
    Initial: InitialValues
} with

    /// How many numbers the group holds.
    member this.Size = this.PartSize * this.Names.Length

/// The groups by what they are.
type internal Groups = {
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
    member this.All = [
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

/// The 115,274 parameters as one flat vector, and under PyTorch's names.
module internal Layout =
    let groups: Groups =
        let channels = Shapes.Channels
        let mutable offset = 0

        let group names (shape: int list) initial =
            let g = {
                Names = names
                Shape = [| for size in shape -> int64 size |]
                PartSize = List.fold (*) 1 shape
                Offset = offset
                Initial = initial
            }

            offset <- offset + g.Size
            g

        let perChannel prefix name =
            group [| for c in 0 .. channels - 1 -> $"%s{prefix}.%d{c}.%s{name}" |]

        // Direction first: all channels forwards in time, then all channels backwards.
        let perDirection name =
            group [|
                for suffix in [ ""; "_reverse" ] do
                    for c in 0 .. channels - 1 -> $"rhythm_nets.%d{c}.lstm.%s{name}_l0%s{suffix}"
            |]

        let uniform fan = InitialValues.Uniform fan
        let gates = 4 * Sizes.Hidden
        let both = 2 * Sizes.Hidden

        {
            Conv = perChannel "beat_nets" "conv.weight" [ Sizes.Filters; 1; Sizes.Kernel ] (uniform Sizes.Kernel)
            ConvBias = perChannel "beat_nets" "conv.bias" [ Sizes.Filters ] (uniform Sizes.Kernel)
            ConvK = perChannel "beat_nets" "conv_k.weight" [ 1; 1; Sizes.Kernel ] (uniform Sizes.Kernel)
            ConvKBias = perChannel "beat_nets" "conv_k.bias" [ 1 ] (uniform Sizes.Kernel)
            BeatW =
                perChannel "beat_nets" "attn.att_W.weight" [ Sizes.Attention; Sizes.Filters + 1 ] InitialValues.Normal
            BeatV = perChannel "beat_nets" "attn.att_v.weight" [ 1; Sizes.Attention ] InitialValues.Normal
            LstmIn = perDirection "weight_ih" [ gates; Sizes.Filters ] (uniform Sizes.Hidden)
            LstmHidden = perDirection "weight_hh" [ gates; Sizes.Hidden ] (uniform Sizes.Hidden)
            LstmInBias = perDirection "bias_ih" [ gates ] (uniform Sizes.Hidden)
            LstmHiddenBias = perDirection "bias_hh" [ gates ] (uniform Sizes.Hidden)
            RhythmW = perChannel "rhythm_nets" "attn.att_W.weight" [ Sizes.Attention; both + 1 ] InitialValues.Normal
            RhythmV = perChannel "rhythm_nets" "attn.att_v.weight" [ 1; Sizes.Attention ] InitialValues.Normal
            RhythmFc = perChannel "rhythm_nets" "fc.weight" [ Sizes.Rhythm; both ] (uniform both)
            RhythmFcBias = perChannel "rhythm_nets" "fc.bias" [ Sizes.Rhythm ] (uniform both)
            ChannelW = group [| "attn.att_W.weight" |] [ Sizes.ChannelAttention; Sizes.Rhythm + 1 ] InitialValues.Normal
            ChannelV = group [| "attn.att_v.weight" |] [ 1; Sizes.ChannelAttention ] InitialValues.Normal
            Fc = group [| "fc.weight" |] [ Sizes.Classes; Sizes.Rhythm ] (uniform Sizes.Rhythm)
            FcBias = group [| "fc.bias" |] [ Sizes.Classes ] (uniform Sizes.Rhythm)
        }

    /// How many numbers the flat vector holds: 115,274.
    let count = groups.All |> List.sumBy _.Size

    /// In PyTorch's order: by net, then by channel, then by layer.
    let private parts =
        let net (name: string) =
            if name.StartsWith "beat" then 0
            elif name.StartsWith "rhythm" then 1
            else 2

        let channel (name: string) =
            if net name < 2 then int (name.Split('.')[1]) else 0

        [
            for g in groups.All do
                for i, name in Array.indexed g.Names ->
                    {
                        Name = name
                        Shape = g.Shape
                        Offset = g.Offset + i * g.PartSize
                    },
                    g.Initial
        ]
        |> List.sortBy (fun (p, _) -> net p.Name, channel p.Name, p.Name.EndsWith "_reverse") // stable

    let parameters = ParameterLayout("FreqNet", Seq.map fst parts)

    /// The first weights of a run: a pure function of the seed, the same on any machine and number of threads.
    let initialWeights (seed: int64) : float32[] =
        let flat = Array.zeroCreate<float32> count

        for i, (p, initial) in List.indexed parts do
            let mutable random = SplitMix64.FromKey(seed, int64 i)

            for j in p.Offset .. p.Offset + p.Size - 1 do
                flat[j] <-
                    match initial with
                    | InitialValues.Normal -> float32 (random.Normal())
                    | InitialValues.Uniform fan -> float32 ((2.0 * random.Uniform() - 1.0) / sqrt (float fan))

        flat
