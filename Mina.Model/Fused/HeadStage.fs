namespace Mina.Model

open TorchSharp

/// What the head says; shapes as in `Verdicts`, beta as (channels, B, M, 1).
type internal Head = {
    Logits: torch.Tensor
    Beta: torch.Tensor
    Gamma: torch.Tensor
}

/// From the LSTM's output to the logits: attention over sub-segments, dense layer with dropout, attention over channels,
/// classes. Small, so its gradients are left to autograd.
module internal HeadStage =
    /// The groups that the head computes with.
    let groups (layout: Layout) = [
        layout.RhythmW
        layout.RhythmV
        layout.RhythmFc
        layout.RhythmFcBias
        layout.ChannelW
        layout.ChannelV
        layout.Fc
        layout.FcBias
    ]

    /// h (channels, B, M, 64), kRhythm (channels, B, M), kFreq (channels, B, 1); dropout: null, or what each rhythm feature
    /// (channels, B, 8) is multiplied by.
    let forward
        (p: Group -> torch.Tensor)
        (layout: Layout)
        (h: torch.Tensor)
        (kRhythm: torch.Tensor)
        (kFreq: torch.Tensor)
        (dropout: torch.Tensor option)
        =
        let channels, B, M, features = h.size 0, h.size 1, h.size 2, h.size 3
        let rows = h.reshape (channels, B * M, features)
        let w, v = p layout.RhythmW, p layout.RhythmV
        let wx = w.narrow(2L, 0L, features).transpose(1L, 2L)
        let wk = w.narrow(2L, features, 1L).transpose(1L, 2L)
        let knowledge = kRhythm.reshape (channels, B * M, 1L)
        let hidden = (Tensors.addProduct (knowledge * wk) rows wx).tanh()

        let beta =
            torch.bmm(hidden, v.transpose (1L, 2L)).view(channels, B, M, 1L).softmax 2L
        // (channels * B, 1, M) x (channels * B, M, features)
        let weighted =
            torch.bmm (beta.view (channels * B, 1L, M), h.reshape (channels * B, M, features))

        let fc = (p layout.RhythmFc).transpose(1L, 2L)
        let bias = (p layout.RhythmFcBias).unsqueeze 1L

        let relu =
            (Tensors.addProduct bias (weighted.view (channels, B, features)) fc).relu()

        let rhythm =
            (match dropout with
             | Some mask -> relu * mask
             | None -> relu)
                .permute(1L, 0L, 2L)

        let inner = torch.cat ([| rhythm; kFreq.permute (1L, 0L, 2L) |], 2L)

        let scores =
            inner.matmul((p layout.ChannelW).t()).tanh().matmul((p layout.ChannelV).t())

        let gamma = scores.softmax 1L
        let whole = (gamma * rhythm).sum 1L

        {
            Logits = torch.addmm (p layout.FcBias, whole, (p layout.Fc).t(), 1.0f, 1.0f)
            Beta = beta
            Gamma = gamma
        }
