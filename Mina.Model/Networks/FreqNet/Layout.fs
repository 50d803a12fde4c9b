namespace Mina.Model.Networks.FreqNet

open Mina.Model
open Mina.Preprocess

/// The sizes of the network, which the paper fixes (section 4.2).
module internal Sizes =
    /// The number of samples under the convolution's kernel.
    [<Literal>]
    let Kernel = AttentionSizes.Kernel

    /// The number of samples from one position of the kernel to the next.
    [<Literal>]
    let Stride = AttentionSizes.Stride

    /// The number of positions of the kernel in a sub-segment. Some SIMD kernels are unrolled for five positions,
    /// twice.
    [<Literal>]
    let Positions = AttentionSizes.Positions

    /// The number of convolution filters of a channel.
    [<Literal>]
    let Filters = 64

    /// The number of units of the LSTM in each direction.
    [<Literal>]
    let Hidden = 32

    /// The number of features of a channel's rhythm.
    [<Literal>]
    let Rhythm = 8

    /// The width of the attention over positions and of that over sub-segments.
    [<Literal>]
    let Attention = 8

    /// The width of the attention over channels.
    [<Literal>]
    let ChannelAttention = 2

    /// The number of classes: not AF and AF.
    [<Literal>]
    let Classes = 2

/// The distributions from which PyTorch's layers, and the paper's attention, draw their initial weights.
[<RequireQualifiedAccess>]
type internal InitialValues =
    /// The normal distribution of mean 0 and standard deviation 1.
    | Normal
    /// The uniform distribution between -1/sqrt(fan) and 1/sqrt(fan).
    | Uniform of fan: int

/// The same parameter of every channel (and direction), side by side in the flat vector.
type internal Group = {
    /// PyTorch's names, in the order in which the parts lie in the group.
    Names: string[]
    /// The dimensions of one part, as PyTorch stores it.
    Shape: int64[]
    /// The number of numbers in one part.
    PartSize: int
    /// The index in the flat vector at which the group begins.
    Offset: int
    Initial: InitialValues
} with

    /// The number of numbers in the group.
    member this.Size = this.PartSize * this.Names.Length

/// All groups of parameters, by their meaning.
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

/// The layout of the 115,274 parameters in one flat vector, and their names in PyTorch.
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

        // The direction comes first: all channels forwards in time, then all channels backwards.
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

    /// The length of the flat vector: 115,274.
    let count = groups.All |> List.sumBy _.Size

    /// The parameters in PyTorch's order: by net, then by channel, then by layer.
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

    /// The initial weights of a run: a pure function of the seed, the same on every machine and for any number of
    /// threads.
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
