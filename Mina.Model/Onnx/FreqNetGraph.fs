namespace Mina.Model.Onnx

open System
open Mina.Model
open Mina.Model.Onnx.Operators
open Mina.Preprocess

/// The outputs of the network in a graph, for B windows.
type internal NetworkValues = {
    /// (B, 2): the numbers before the softmax.
    Logits: Value
    /// (B, 4, 60, 10), (B, 4, 60) and (B, 4).
    BeatAttention: Value
    RhythmAttention: Value
    FrequencyAttention: Value
}

/// MINA's network as operators, whatever the numbers of its filters, units and layers, which the shapes of its
/// parameters tell. All four channels are computed side by side along the first axis, but for their LSTMs.
[<Sealed>]
type internal FreqNetGraph(g: GraphBuilder, parameters: (string * StoredTensor) list) =
    let byName = dict parameters
    let channels = Shapes.Channels
    let subSegments = Shapes.SubSegments
    let positions = AttentionSizes.Positions
    let numbers name = byName[name].AsFloat32()
    let size name axis = int (byName[name].Shape[axis])
    let filters = size "beat_nets.0.conv.weight" 0
    let hidden = size "rhythm_nets.0.lstm.weight_hh_l0" 1
    let rhythm = size "rhythm_nets.0.fc.weight" 0

    let layers =
        Seq.initInfinite id
        |> Seq.takeWhile (fun layer -> byName.ContainsKey $"rhythm_nets.0.lstm.weight_ih_l%d{layer}")
        |> Seq.length

    /// A parameter of each channel, one after the other.
    let perChannel (prefix: string) (name: string) (arrange: float32[] -> float32[]) =
        [|
            for c in 0 .. channels - 1 -> arrange (numbers $"%s{prefix}.%d{c}.%s{name}")
        |]
        |> Array.concat

    /// The transpose of a matrix of this many columns.
    let transposed columns (matrix: float32[]) =
        let rows = matrix.Length / columns
        Array.init matrix.Length (fun i -> matrix[(i % rows) * columns + i / rows])

    /// A convolution over a sub-segment as a matrix (50, positions x kernels), which is zero outside the kernel. As a
    /// product of matrices it is several times faster than as a convolution of 60 B short signals.
    let banded (kernels: float32[]) =
        let count = kernels.Length / AttentionSizes.Kernel

        [|
            for t in 0 .. Shapes.SubSegment - 1 do
                for p in 0 .. positions - 1 do
                    for k in 0 .. count - 1 do
                        let at = t - p * AttentionSizes.Stride

                        if at >= 0 && at < AttentionSizes.Kernel then
                            kernels[k * AttentionSizes.Kernel + at]
                        else
                            0.0f
        |]

    /// relu of a convolution along each sub-segment: (4, 60 B, 50) to (4, 60 B, positions x kernels).
    let convolved (layer: string) kernels (signal: Value) =
        let columns = positions * kernels

        let weights =
            g.Floats(
                $"%s{layer}.weight",
                [ channels; Shapes.SubSegment; columns ],
                perChannel "beat_nets" $"%s{layer}.weight" banded
            )

        let bias =
            g.Floats(
                $"%s{layer}.bias",
                [ channels; 1; columns ],
                perChannel "beat_nets" $"%s{layer}.bias" (Array.replicate positions >> Array.concat)
            )

        relu g (add g (product g signal weights) bias)

    /// The softmax over axis 1 of v tanh(W [x; k]), for x (C, N, F) and k (C, N, 1), with `length` items in each group
    /// that is weighed: (C, N / length, length).
    let attention (groups: int) (weights: float32[]) (v: float32[]) length (x: Value) (k: Value) =
        let width = v.Length / groups
        let features = weights.Length / v.Length - 1

        let columns =
            weights
            |> Array.chunkBySize (width * (features + 1))
            |> Array.map (transposed (features + 1))

        let part name rows (take: float32[] -> float32[]) =
            g.Floats(name, [ groups; rows; width ], columns |> Array.collect take)

        let ofFeatures = part "W" features (Array.take (features * width))
        let ofKnowledge = part "W.knowledge" 1 (Array.skip (features * width))
        let inner = tanh g (add g (product g x ofFeatures) (multiply g k ofKnowledge))

        product g inner (g.Floats("v", [ groups; width; 1 ], v))
        |> reshape g [ groups; -1; length ]
        |> softmax g 2

    /// The sum of items (C, N, length, F) weighted by shares (C, N, length): (C, N, F).
    let weighted (shares: Value) (items: Value) =
        product g (unsqueeze g 2 shares) items |> squeeze g 2

    /// PyTorch's order of gates is input, forget, cell, output; ONNX's is input, output, forget, cell.
    let gates (weights: float32[]) =
        let size = weights.Length / 4

        [| 0; 3; 1; 2 |]
        |> Array.collect (fun gate -> Array.sub weights (gate * size) size)

    /// One bidirectional layer of a channel's LSTM: (60, B, inputs) to (60, B, 2 x hidden).
    let lstm channel layer (x: Value) =
        let directions = [ ""; "_reverse" ]

        let named name suffix =
            gates (numbers $"rhythm_nets.%d{channel}.lstm.%s{name}_l%d{layer}%s{suffix}")

        let both name =
            directions |> List.map (named name) |> Array.concat

        let inputs = size $"rhythm_nets.%d{channel}.lstm.weight_ih_l%d{layer}" 1

        let bias =
            directions
            |> List.map (fun suffix -> Array.append (named "bias_ih" suffix) (named "bias_hh" suffix))
            |> Array.concat

        g.Node(
            "LSTM",
            [
                x
                g.Floats("W", [ 2; 4 * hidden; inputs ], both "weight_ih")
                g.Floats("R", [ 2; 4 * hidden; hidden ], both "weight_hh")
                g.Floats("B", [ 2; 8 * hidden ], bias)
            ],
            [
                "direction", AttributeValue.Text "bidirectional"
                "hidden_size", AttributeValue.Int(int64 hidden)
            ]
        )
        |> transpose g [ 0; 2; 1; 3 ]
        |> reshape g [ subSegments; -1; 2 * hidden ]

    /// The beat level: features (4, 60 B, filters), and attention (4, 60 B, positions).
    let beatLevel (s: SegmentValues) =
        g.Begin "beat"
        let bySubSegment = reshape g [ channels; -1; Shapes.SubSegment ]
        let found = convolved "conv" filters (bySubSegment s.X)
        let knowledge = convolved "conv_k" 1 (bySubSegment s.KBeat)
        let v = perChannel "beat_nets" "attn.att_v.weight" id
        let weights = perChannel "beat_nets" "attn.att_W.weight" id

        let shares =
            attention
                channels
                weights
                v
                positions
                (reshape g [ channels; -1; filters ] found)
                (reshape g [ channels; -1; 1 ] knowledge)

        weighted shares (reshape g [ channels; -1; positions; filters ] found), shares

    /// The rhythm level: features (4, B, rhythm), and attention (4, B, 60).
    let rhythmLevel (beats: Value) (s: SegmentValues) =
        g.Begin "rhythm"

        let states =
            beats
            |> reshape g [ channels; -1; subSegments; filters ]
            |> transpose g [ 0; 2; 1; 3 ]
            |> unstack g channels
            |> List.mapi (fun channel x -> List.fold (fun x layer -> lstm channel layer x) x [ 0 .. layers - 1 ])
            |> stack g
            |> transpose g [ 0; 2; 1; 3 ]

        let v = perChannel "rhythm_nets" "attn.att_v.weight" id
        let weights = perChannel "rhythm_nets" "attn.att_W.weight" id

        let shares =
            attention
                channels
                weights
                v
                subSegments
                (reshape g [ channels; -1; 2 * hidden ] states)
                (reshape g [ channels; -1; 1 ] s.KRhythm)

        let weights =
            g.Floats(
                "fc.weight",
                [ channels; 2 * hidden; rhythm ],
                perChannel "rhythm_nets" "fc.weight" (transposed (2 * hidden))
            )

        let bias =
            g.Floats("fc.bias", [ channels; 1; rhythm ], perChannel "rhythm_nets" "fc.bias" id)

        relu g (add g (product g (weighted shares states) weights) bias), shares

    /// Whether these are the parameters of a network of this kind.
    static member Fits(parameters: (string * StoredTensor) list) =
        parameters |> List.exists (fun (name, _) -> name = "beat_nets.0.conv_k.weight")
        && parameters
           |> List.exists (fun (name, _) -> name = "rhythm_nets.0.lstm.weight_ih_l0")

    /// Adds the network.
    member _.Add(segments: SegmentValues) : NetworkValues =
        let beats, alpha = beatLevel segments
        let rhythms, beta = rhythmLevel beats segments
        g.Begin "frequency"
        let features = transpose g [ 1; 0; 2 ] rhythms

        let gamma =
            attention
                1
                (numbers "attn.att_W.weight")
                (numbers "attn.att_v.weight")
                channels
                (reshape g [ 1; -1; rhythm ] features)
                (segments.KFreq |> transpose g [ 1; 0 ] |> reshape g [ 1; -1; 1 ])
            |> squeeze g 0

        let whole = product g (unsqueeze g 1 gamma) features |> squeeze g 1
        let classes = size "fc.weight" 0

        let weights =
            g.Floats("fc.weight", [ rhythm; classes ], transposed rhythm (numbers "fc.weight"))

        let logits =
            add g (product g whole weights) (g.Floats("fc.bias", [ classes ], numbers "fc.bias"))

        g.Begin "outputs"

        {
            Logits = logits
            BeatAttention =
                alpha
                |> reshape g [ channels; -1; subSegments; positions ]
                |> transpose g [ 1; 0; 2; 3 ]
            RhythmAttention = transpose g [ 1; 0; 2 ] beta
            FrequencyAttention = gamma
        }
