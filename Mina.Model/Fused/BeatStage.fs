namespace Mina.Model

open TorchSharp

/// What the beat stage's backward pass needs again; channel by channel.
type internal BeatState = {
    /// (N, T + 1): sub-segments, and a column of ones for the bias; likewise the beat knowledge.
    X: torch.Tensor[]
    K: torch.Tensor[]
    /// (N * P, filters) and (N * P, 1), after relu.
    ConvX: torch.Tensor[]
    ConvK: torch.Tensor[]
    /// (N * P, attention), after tanh.
    Hidden: torch.Tensor[]
    /// (N, P).
    Alpha: torch.Tensor[]
}

/// The four BeatNets, forwards and backwards by hand, N = B * M sub-segments a channel at P positions.
///
/// Speed comes from where the numbers go. The convolution has one input channel and ten positions, so it is one matrix
/// product of the sub-segments (N, T + 1) with a banded matrix (T + 1, P * 64) that holds the kernel once a position and the
/// bias in its last row: no patches are copied out, and the result already lies as attention wants it, one row of 64 a
/// position. W [x; k] is computed as Wx x + wk k without joining the two. One channel's activations (20 MB at a batch of 128)
/// are worked on to the end before the next channel's, in place where possible.
module internal BeatStage =
    /// View of a banded matrix (channels, T + 1, P * outputs) as (channels, kernel, P, outputs): what is not in the view
    /// is 0, but for the bias in the last row.
    let private band (matrix: torch.Tensor) (kernel: int64) (positions: int64) (outputs: int64) =
        let row = positions * outputs

        matrix.as_strided (
            [| matrix.size 0; kernel; positions; outputs |],
            [| matrix.size 1 * row; row; Sizes.stride * row + outputs; 1L |]
        )

    /// weight (channels, outputs, 1, kernel) and bias (channels, outputs) -> (channels, T + 1, P * outputs).
    let private banded (weight: torch.Tensor) (bias: torch.Tensor) T positions =
        let channels, outputs, kernel = weight.size 0, weight.size 1, weight.size 3
        let matrix = torch.zeros (channels, T + 1L, positions * outputs)
        let kernels = weight.squeeze(2L).transpose(1L, 2L).unsqueeze 2L

        (band matrix kernel positions outputs).copy_(kernels.expand (-1L, -1L, positions, -1L))
        |> ignore

        matrix.select(1L, T).view(channels, positions, outputs).copy_(bias.unsqueeze 1L)
        |> ignore

        matrix

    let private relu_ (t: torch.Tensor) = t.relu_ ()

    /// (channels, B, n) -> (channels, N, T + 1), the last column 1.
    let private withOnes (signal: torch.Tensor) T =
        let rows = signal.reshape (signal.size 0, -1L, T)
        let result = torch.ones (signal.size 0, rows.size 1, T + 1L)
        result.narrow(2L, 0L, T).copy_ rows |> ignore
        result

    /// Positions of the convolution's kernel in a sub-segment of T samples.
    let positions T = (T - Sizes.kernel) / Sizes.stride + 1L

    /// x and k (channels, B, n) -> beats (channels, N, filters) and what `backward` needs.
    let forward (p: Group -> torch.Tensor) (layout: Layout) (x: torch.Tensor) (k: torch.Tensor) T =
        let channels, P = int (x.size 0), positions T
        let conv = banded (p layout.Conv) (p layout.ConvBias) T P
        let convK = banded (p layout.ConvK) (p layout.ConvKBias) T P
        let w, v = p layout.BeatW, p layout.BeatV
        let x, k = withOnes x T, withOnes k T
        let N = x.size 1
        let beats = torch.empty (int64 channels, N, Sizes.filters)

        let perChannel = [|
            for c in 0L .. int64 channels - 1L do
                let cx = (torch.mm (x[c], conv[c]) |> relu_).view(N * P, Sizes.filters)
                let ck = (torch.mm (k[c], convK[c]) |> relu_).view(N * P, 1L)
                let wx, wk = w[c].narrow(1L, 0L, Sizes.filters), w[c].narrow(1L, Sizes.filters, 1L)
                let hidden = torch.addmm(ck * wk.t (), cx, wx.t (), 1.0f, 1.0f).tanh_()
                let alpha = torch.mm(hidden, v[c].t()).view(N, P).softmax 1L
                let beat = torch.bmm (alpha.unsqueeze 1L, cx.view (N, P, Sizes.filters))
                beats[c].copy_(beat.squeeze 1L) |> ignore
                struct (x[c], k[c], cx, ck, hidden, alpha)
        |]

        let state = {
            X = perChannel |> Array.map (fun struct (x, _, _, _, _, _) -> x)
            K = perChannel |> Array.map (fun struct (_, k, _, _, _, _) -> k)
            ConvX = perChannel |> Array.map (fun struct (_, _, cx, _, _, _) -> cx)
            ConvK = perChannel |> Array.map (fun struct (_, _, _, ck, _, _) -> ck)
            Hidden = perChannel |> Array.map (fun struct (_, _, _, _, h, _) -> h)
            Alpha = perChannel |> Array.map (fun struct (_, _, _, _, _, a) -> a)
        }

        struct (beats, state)

    /// Gradient of the loss by the beats (channels, N, filters) -> gradients of the stage's parameters, into `g`.
    /// Overwrites the activations in the state.
    let backward
        (p: Group -> torch.Tensor)
        (g: Group -> torch.Tensor)
        (layout: Layout)
        (s: BeatState)
        (dBeats: torch.Tensor)
        =
        let w, v = p layout.BeatW, p layout.BeatV

        for c in 0 .. s.X.Length - 1 do
            use _ = torch.NewDisposeScope()
            let at = int64 c
            let part group = (g group).select(0L, at)
            let set (target: torch.Tensor) (value: torch.Tensor) = target.copy_ value |> ignore

            let dBeat, alpha, hidden, cx, ck =
                dBeats[at], s.Alpha[c], s.Hidden[c], s.ConvX[c], s.ConvK[c]

            let N, P, T = alpha.size 0, alpha.size 1, s.X[c].size 1 - 1L

            let wx, wk =
                w[at].narrow(1L, 0L, Sizes.filters), w[at].narrow(1L, Sizes.filters, 1L)

            let wide (t: torch.Tensor) = t.view (N, P, Sizes.filters)

            // Attention: softmax, v, tanh, W.
            let dAlpha = torch.bmm(wide cx, dBeat.unsqueeze 2L).squeeze 2L
            let weighted = dAlpha * alpha
            let dScore = (weighted - alpha * weighted.sum (1L, keepdim = true)).view(N * P, 1L)
            let dHidden = dScore * v[at]
            let dInner = dHidden - dHidden * hidden * hidden
            set (part layout.BeatV) (torch.mm (dScore.t (), hidden))
            let dW = part layout.BeatW
            dW.narrow(1L, 0L, Sizes.filters).copy_(torch.mm (dInner.t (), cx)) |> ignore
            dW.narrow(1L, Sizes.filters, 1L).copy_(torch.mm (dInner.t (), ck)) |> ignore

            // The two convolutions: through relu (1 where it let pass), then the banded product.
            let dcx = torch.mm (dInner, wx)

            (wide dcx).addcmul_(alpha.unsqueeze 2L, dBeat.unsqueeze 1L, Tensors.one)
            |> ignore

            dcx.mul_ (cx.sign_ ()) |> ignore
            let dck = torch.mm(dInner, wk).mul_(ck.sign_ ())

            let unband (x: torch.Tensor) (dc: torch.Tensor) weight bias =
                let outputs = dc.size 1
                let matrix = torch.mm(x.t (), dc.view (N, P * outputs)).unsqueeze 0L
                let kernels = (band matrix Sizes.kernel P outputs).sum(2L).transpose(1L, 2L)
                set (part weight) (kernels.reshape (outputs, 1L, Sizes.kernel))
                set (part bias) (matrix.select(1L, T).view(P, outputs).sum 0L)

            unband s.X[c] dcx layout.Conv layout.ConvBias
            unband s.K[c] dck layout.ConvK layout.ConvKBias
