/// The published network with one module for each layer, as the readable reference; `Networks/FreqNet` computes the
/// same faster. Layer names, shapes and initialisation are those of the paper's PyTorch code, so that weights can be
/// exchanged by name.
namespace Mina.Model.Torch

open Mina.Model
open Mina.Model.Networks.FreqNet
open TorchSharp
open type TorchSharp.torch.nn

/// The output of a layer and its attention.
[<Struct>]
type Attended = {
    Output: torch.Tensor
    Attention: torch.Tensor
}

/// Attention guided by knowledge (the paper's equation 5): the softmax over axis 1 of v tanh(W [x; k]). The inputs are
/// x (N, L, inputFeatures) and k (N, L, 1), the results output (N, inputFeatures) and attention (N, L, 1).
type KnowledgeAttn(inputFeatures: int64, attnDim: int64) as this =
    inherit Module<torch.Tensor, torch.Tensor, Attended>("KnowledgeAttn")
    let att_W = Linear(inputFeatures + 1L, attnDim, hasBias = false)
    let att_v = Linear(attnDim, 1L, hasBias = false)

    do
        init.normal_ att_W.weight |> ignore
        init.normal_ att_v.weight |> ignore
        this.register_module ("att_W", att_W)
        this.register_module ("att_v", att_v)

    override _.forward(x, k) =
        let scores = att_v.forward (torch.tanh (att_W.forward (torch.cat ([| x; k |], 2L))))
        let attention = functional.softmax (scores, 1L)

        {
            Output = (attention * x).sum(1L)
            Attention = attention
        }

/// The beat level of one channel: a convolution over each sub-segment of T samples, and attention over its positions.
/// The inputs are x and k (B, n), the results output (B, n / T, convOutChannels) and attention alpha (B * n / T,
/// positions, 1), where positions = (T - 32) / 2 + 1.
type BeatNet(n: int64, T: int64, convOutChannels: int64) as this =
    inherit Module<torch.Tensor, torch.Tensor, Attended>("BeatNet")

    let conv =
        Conv1d(1L, convOutChannels, int64 Sizes.Kernel, stride = int64 Sizes.Stride)

    let conv_k = Conv1d(1L, 1L, int64 Sizes.Kernel, stride = int64 Sizes.Stride)
    let attn = new KnowledgeAttn(convOutChannels, int64 Sizes.Attention)

    do
        this.register_module ("conv", conv)
        this.register_module ("conv_k", conv_k)
        this.register_module ("attn", attn)

    override _.forward(x, k) =
        let along (layer: Module<torch.Tensor, torch.Tensor>) (signal: torch.Tensor) =
            functional.relu(layer.forward (signal.reshape (-1L, 1L, T))).permute(0L, 2L, 1L)

        let beat = attn.forward (along conv x, along conv_k k)

        {
            beat with
                Output = beat.Output.view (-1L, n / T, convOutChannels)
        }

/// The rhythm level of one channel: a bidirectional LSTM along the sub-segments, attention over them, and a small dense
/// layer. The inputs are x (B, M, inputSize) and k (B, M), the results output (B, rhythmOutSize) and attention beta (B,
/// M, 1). The LSTM has `layers` layers of `hidden` units in each direction.
type RhythmNet(inputSize: int64, hidden: int64, layers: int64, rhythmOutSize: int64) as this =
    inherit Module<torch.Tensor, torch.Tensor, Attended>("RhythmNet")

    let lstm =
        LSTM(inputSize, hidden, numLayers = layers, batchFirst = true, bidirectional = true)

    let attn = new KnowledgeAttn(2L * hidden, int64 Sizes.Attention)
    let fc = Linear(2L * hidden, rhythmOutSize)
    let dropout = Dropout 0.5

    do
        this.register_module ("lstm", lstm)
        this.register_module ("attn", attn)
        this.register_module ("fc", fc)
        this.register_module ("do", dropout)

    let features (x: torch.Tensor) (k: torch.Tensor) =
        let struct (h, _, _) = lstm.forward x
        let rhythm = attn.forward (h, k.unsqueeze 2L)

        {
            rhythm with
                Output = functional.relu (fc.forward rhythm.Output)
        }

    override _.forward(x, k) =
        let rhythm = features x k

        {
            rhythm with
                Output = dropout.forward rhythm.Output
        }

    /// One layer of as many units as the published network has.
    new(inputSize, rhythmOutSize) = new RhythmNet(inputSize, int64 Sizes.Hidden, 1L, rhythmOutSize)

    /// The forward pass with the features multiplied by `mask` (B, rhythmOutSize) in place of random dropout; None
    /// stands for no dropout.
    member _.ForwardMasked(x: torch.Tensor, k: torch.Tensor, mask: torch.Tensor option) : Attended =
        let rhythm = features x k

        match mask with
        | None -> rhythm
        | Some mask -> {
            rhythm with
                Output = rhythm.Output * mask
          }

/// The results of the whole network for a batch of B segments.
[<Struct>]
type FreqNetOutput = {
    /// (B, 2): the numbers before the softmax.
    Logits: torch.Tensor
    /// (B, 2): the probabilities of not AF and AF.
    Probabilities: torch.Tensor
    /// (B * M, positions, 1) for each channel.
    Alpha: torch.Tensor[]
    /// (B, M, 1) for each channel.
    Beta: torch.Tensor[]
    /// (B, channels, 1).
    Gamma: torch.Tensor
    /// (B, 4): the numbers before the softmax for the labels Normal, AF, Other and Noisy; None without a head for them.
    Labels: torch.Tensor option
}

/// The sizes of a network of this kind.
type FreqNetSizes = {
    /// The number of convolution filters of a channel.
    Filters: int64
    /// The number of units of the LSTM in each direction, and the number of its layers.
    Hidden: int64
    Layers: int64
    /// The number of features of a channel's rhythm.
    Rhythm: int64
    /// Whether there is a second head, for the four labels.
    HasLabels: bool
} with

    /// The sizes of the published network.
    static member Published = {
        Filters = int64 Sizes.Filters
        Hidden = int64 Sizes.Hidden
        Layers = 1L
        Rhythm = int64 Sizes.Rhythm
        HasLabels = false
    }

    /// The sizes of the wide network, which serves as a teacher: 757,582 parameters with its head for the labels.
    static member Wide = {
        Filters = 96L
        Hidden = 64L
        Layers = 2L
        Rhythm = 16L
        HasLabels = true
    }

/// The whole network: a BeatNet and a RhythmNet for each channel, attention over the channels, and two classes. With
/// the published sizes it has 115,274 parameters at (4, 3000, 50).
type FreqNet(nChannels: int, n: int64, T: int64, sizes: FreqNetSizes) as this =
    inherit Module<torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, FreqNetOutput>("FreqNet")
    let beats = [| for _ in 1..nChannels -> new BeatNet(n, T, sizes.Filters) |]

    let rhythms = [|
        for _ in 1..nChannels -> new RhythmNet(sizes.Filters, sizes.Hidden, sizes.Layers, sizes.Rhythm)
    |]

    let attn = new KnowledgeAttn(sizes.Rhythm, int64 Sizes.ChannelAttention)

    let fc = Linear(sizes.Rhythm, 2L)

    let labels =
        if sizes.HasLabels then
            Some(Linear(sizes.Rhythm, int64 LabelTargets.Count))
        else
            None

    do
        this.register_module ("beat_nets", ModuleList<BeatNet>(beats))
        this.register_module ("rhythm_nets", ModuleList<RhythmNet>(rhythms))
        this.register_module ("attn", attn)
        this.register_module ("fc", fc)
        labels |> Option.iter (fun head -> this.register_module ("labels", head))

    /// `rhythm` computes the RhythmNet of channel i from the beats and the rhythm knowledge.
    let compute
        (rhythm: int -> torch.Tensor -> torch.Tensor -> Attended)
        (x: torch.Tensor)
        (kBeat: torch.Tensor)
        (kRhythm: torch.Tensor)
        (kFreq: torch.Tensor)
        =
        let channels = [|
            for i in 0 .. nChannels - 1 do
                let at (t: torch.Tensor) = t.select (0L, int64 i)
                let beat = beats[i].forward(at x, at kBeat)
                struct (beat, rhythm i beat.Output (at kRhythm))
        |]

        let features = channels |> Array.map (fun struct (_, rhythm) -> rhythm.Output)
        let whole = attn.forward (torch.stack (features, 1L), kFreq.permute (1L, 0L, 2L))
        let logits = fc.forward whole.Output

        {
            Logits = logits
            Probabilities = functional.softmax (logits, 1L)
            Alpha = channels |> Array.map (fun struct (beat, _) -> beat.Attention)
            Beta = channels |> Array.map (fun struct (_, rhythm) -> rhythm.Attention)
            Gamma = whole.Attention
            Labels = labels |> Option.map (fun head -> head.forward whole.Output)
        }

    /// The published network for this number of channels, samples of a window and samples of a sub-segment.
    new(nChannels, n, T) = new FreqNet(nChannels, n, T, FreqNetSizes.Published)

    /// The inputs are x and kBeat (channels, B, n), kRhythm (channels, B, n / T) and kFreq (channels, B, 1).
    override _.forward(x, kBeat, kRhythm, kFreq) =
        compute (fun i beats k -> rhythms[i].forward(beats, k)) x kBeat kRhythm kFreq

    interface ITorchNetwork with
        member this.Module = this
        member _.DropoutFeatures = nChannels * int sizes.Rhythm

        member _.Compute(s, dropout) =
            let perChannel =
                dropout
                |> Option.map (fun mask -> mask.view (int64 nChannels, -1L, sizes.Rhythm))

            let rhythm i (beats: torch.Tensor) (k: torch.Tensor) =
                rhythms[i].ForwardMasked(beats, k, perChannel |> Option.map (fun mask -> mask.select (0L, int64 i)))

            let output = compute rhythm s.X s.KBeat s.KRhythm s.KFreq

            {
                Logits = output.Logits
                Attention =
                    Some {
                        Alpha = output.Alpha
                        Beta = output.Beta
                        Gamma = output.Gamma
                    }
                Labels = output.Labels
            }
