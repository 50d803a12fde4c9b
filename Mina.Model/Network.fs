/// The network as published, one module a layer: the clear reference. `Inference/` and `Training/` compute the same
/// faster. Layer names, shapes and initialisation are those of the paper's PyTorch code, so that weights move by name.
namespace Mina.Model

open TorchSharp
open type TorchSharp.torch.nn

/// What a layer gives besides its output: where its attention lay.
[<Struct>]
type Attended = {
    Output: torch.Tensor
    Attention: torch.Tensor
}

/// Sizes that the paper fixes (section 4.2) and no constructor changes.
module internal Sizes =
    /// Samples under the convolution's kernel.
    let kernel = 32L
    /// Samples between two positions of the kernel.
    let stride = 2L
    /// Convolution filters of a channel.
    let filters = 64L
    /// Units of the LSTM in each direction.
    let hidden = 32L
    /// Features of a channel's rhythm.
    let rhythm = 8L
    /// Width of the attention over positions and over sub-segments, and of that over channels.
    let attention, channelAttention = 8L, 2L
    /// Share of rhythm features dropped while training.
    let dropout = 0.5

/// Attention guided by knowledge (the paper's equation 5): softmax over axis 1 of v tanh(W [x; k]).
/// x (N, L, inputFeatures), k (N, L, 1) -> output (N, inputFeatures), attention (N, L, 1).
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

/// Beats of one channel: a convolution over each sub-segment of T samples, and attention over its positions.
/// x and k (B, n) -> output (B, n / T, convOutChannels), attention alpha (B * n / T, positions, 1), where
/// positions = (T - 32) / 2 + 1.
type BeatNet(n: int64, T: int64, convOutChannels: int64) as this =
    inherit Module<torch.Tensor, torch.Tensor, Attended>("BeatNet")
    let conv = Conv1d(1L, convOutChannels, Sizes.kernel, stride = Sizes.stride)
    let conv_k = Conv1d(1L, 1L, Sizes.kernel, stride = Sizes.stride)
    let attn = new KnowledgeAttn(convOutChannels, Sizes.attention)

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

/// Rhythm of one channel: a bidirectional LSTM along the sub-segments, attention over them, a small dense layer.
/// x (B, M, inputSize), k (B, M) -> output (B, rhythmOutSize), attention beta (B, M, 1).
type RhythmNet(inputSize: int64, rhythmOutSize: int64) as this =
    inherit Module<torch.Tensor, torch.Tensor, Attended>("RhythmNet")
    let lstm = LSTM(inputSize, Sizes.hidden, batchFirst = true, bidirectional = true)
    let attn = new KnowledgeAttn(2L * Sizes.hidden, Sizes.attention)
    let fc = Linear(2L * Sizes.hidden, rhythmOutSize)
    let dropout = Dropout Sizes.dropout

    do
        this.register_module ("lstm", lstm)
        this.register_module ("attn", attn)
        this.register_module ("fc", fc)
        this.register_module ("do", dropout)

    override _.forward(x, k) =
        let struct (h, _, _) = lstm.forward x
        let rhythm = attn.forward (h, k.unsqueeze 2L)

        {
            rhythm with
                Output = dropout.forward (functional.relu (fc.forward rhythm.Output))
        }

/// What the whole network says of a batch of B segments.
[<Struct>]
type Verdicts = {
    /// (B, 2) before the softmax.
    Logits: torch.Tensor
    /// (B, 2): not AF, AF.
    Probabilities: torch.Tensor
    /// Per channel (B * M, positions, 1).
    Alpha: torch.Tensor[]
    /// Per channel (B, M, 1).
    Beta: torch.Tensor[]
    /// (B, channels, 1).
    Gamma: torch.Tensor
}

/// The whole network: a BeatNet and a RhythmNet a channel, attention over the channels, two classes.
/// 115,274 parameters at (4, 3000, 50).
type FreqNet(nChannels: int, n: int64, T: int64) as this =
    inherit Module<torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, Verdicts>("FreqNet")
    let beats = [| for _ in 1..nChannels -> new BeatNet(n, T, Sizes.filters) |]
    let rhythms = [| for _ in 1..nChannels -> new RhythmNet(Sizes.filters, Sizes.rhythm) |]
    let attn = new KnowledgeAttn(Sizes.rhythm, Sizes.channelAttention)
    let fc = Linear(Sizes.rhythm, 2L)

    do
        this.register_module ("beat_nets", ModuleList<BeatNet>(beats))
        this.register_module ("rhythm_nets", ModuleList<RhythmNet>(rhythms))
        this.register_module ("attn", attn)
        this.register_module ("fc", fc)

    /// x and kBeat (channels, B, n), kRhythm (channels, B, n / T), kFreq (channels, B, 1).
    override _.forward(x, kBeat, kRhythm, kFreq) =
        let channels = [|
            for i in 0 .. nChannels - 1 do
                let at (t: torch.Tensor) = t.select (0L, int64 i)
                let beat = beats[i].forward(at x, at kBeat)
                struct (beat, rhythms[i].forward(beat.Output, at kRhythm))
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
        }
