namespace Mina.Model

open TorchSharp

/// What the LSTM's backward pass needs again. G = 2 * channels groups: every channel forwards in time, then every channel
/// backwards; a group's time runs in its own direction. M steps of B rows.
type internal LstmState = {
    /// (G, M * B, inputs).
    Input: torch.Tensor
    /// (G, M, B, 4 * hidden): i, f, g, o after their nonlinearities.
    Gates: torch.Tensor
    /// (G, M + 1, B, hidden): cell and output before each step, and after the last.
    Cell: torch.Tensor
    Output: torch.Tensor
}

/// The four bidirectional LSTMs as one, forwards and backwards by hand: each of the M steps is one batched product over the
/// eight (direction, channel) groups, and everything that does not hang on the step before is done for all steps at once.
module internal LstmStage =
    let private H = Sizes.hidden

    /// (2 * channels, ...) of a group (2, channels, ...).
    let private flat (t: torch.Tensor) = t.flatten (0L, 1L)

    /// (channels, B, M, inputs) -> (G, M, B, inputs), the second half reversed in time.
    let private bothWays (x: torch.Tensor) =
        let forwards = x.transpose (1L, 2L)
        torch.cat ([| forwards; forwards.flip 1L |], 0L)

    /// (G, M, B, f), each half in its own time -> two (channels, B, M, f), both in true time.
    let private inTime (x: torch.Tensor) =
        let half = x.size 0 / 2L
        let back (t: torch.Tensor) = t.transpose (1L, 2L)
        struct (back (x.narrow (0L, 0L, half)), back ((x.narrow (0L, half, half)).flip 1L))

    /// x (channels, B, M, inputs) -> h (channels, B, M, 2 * hidden), and what `backward` needs.
    let forward (p: Group -> torch.Tensor) (layout: Layout) (x: torch.Tensor) =
        let B, M, inputs = x.size 1, x.size 2, x.size 3
        let G = 2L * x.size 0
        let input = (bothWays x).view(G, M * B, inputs)

        let bias =
            (flat (p layout.LstmInBias) + flat (p layout.LstmHiddenBias)).unsqueeze 1L

        let gates =
            (Tensors.addProduct bias input ((flat (p layout.LstmIn)).transpose(1L, 2L))).view(G, M, B, 4L * H)

        let recurrent = (flat (p layout.LstmHidden)).transpose(1L, 2L).contiguous()
        let cell, output = torch.zeros (G, M + 1L, B, H), torch.zeros (G, M + 1L, B, H)

        for t in 0L .. M - 1L do
            use _ = torch.NewDisposeScope()
            let now = gates.select (1L, t)
            now.copy_ (Tensors.addProduct now (output.select (1L, t)) recurrent) |> ignore
            let gate i n = now.narrow (2L, i * H, n * H)
            (gate 0L 2L).sigmoid_() |> ignore
            (gate 2L 1L).tanh_() |> ignore
            (gate 3L 1L).sigmoid_() |> ignore
            let next = cell.select (1L, t + 1L)
            next.copy_(cell.select (1L, t)).mul_(gate 1L 1L) |> ignore
            next.addcmul_ (gate 0L 1L, gate 2L 1L, Tensors.one) |> ignore
            output.select(1L, t + 1L).copy_(next).tanh_().mul_(gate 3L 1L) |> ignore

        let struct (forwards, backwards) = inTime (output.narrow (1L, 1L, M))

        let state = {
            Input = input
            Gates = gates
            Cell = cell
            Output = output
        }

        struct (torch.cat ([| forwards; backwards |], 3L), state)

    /// Gradient by h (channels, B, M, 2 * hidden) -> gradient by x (channels, B, M, inputs); the parameters' into `g`.
    let backward
        (p: Group -> torch.Tensor)
        (g: Group -> torch.Tensor)
        (layout: Layout)
        (s: LstmState)
        (dh: torch.Tensor)
        =
        let G, M, B = s.Gates.size 0, s.Gates.size 1, s.Gates.size 2
        let halves = dh.chunk (2L, 3L)

        let forwards, backwards =
            halves[0].transpose(1L, 2L), halves[1].transpose(1L, 2L).flip 1L

        let dOutput = torch.cat ([| forwards; backwards |], 0L) // (G, M, B, H)
        let gate i = s.Gates.narrow (3L, i * H, H)
        let input, forget, candidate, out = gate 0L, gate 1L, gate 2L, gate 3L

        // Everything of the chain rule that is known before walking back, for all steps at once:
        // d o = dh * toOut; dc += dh * toCell; d (i, f, g) = dc * toGates.
        let squashed = s.Cell.narrow(1L, 1L, M).tanh()
        let dGates = torch.empty_like s.Gates
        let part i = dGates.narrow (3L, i * H, H)
        (part 0L).copy_(candidate * input * (Tensors.one - input)) |> ignore

        (part 1L).copy_(s.Cell.narrow (1L, 0L, M) * forget * (Tensors.one - forget))
        |> ignore

        (part 2L).copy_(input * (Tensors.one - candidate * candidate)) |> ignore
        (part 3L).copy_(squashed * out * (Tensors.one - out)) |> ignore
        let toCell = out * (Tensors.one - squashed * squashed)

        let recurrent = flat (p layout.LstmHidden)
        let dCell = torch.zeros (G, B, H)
        let dLater = torch.zeros (G, B, H)

        for t in M - 1L .. -1L .. 0L do
            use _ = torch.NewDisposeScope()
            let now = dGates.select (1L, t)
            dLater.add_ (dOutput.select (1L, t)) |> ignore
            dCell.addcmul_ (dLater, toCell.select (1L, t), Tensors.one) |> ignore
            now.narrow(2L, 3L * H, H).mul_ dLater |> ignore
            now.narrow(2L, 0L, 3L * H).view(G, B, 3L, H).mul_(dCell.unsqueeze 2L) |> ignore
            dLater.copy_ (torch.bmm (now, recurrent)) |> ignore
            dCell.mul_ (forget.select (1L, t)) |> ignore

        let d = dGates.view (G, M * B, 4L * H)
        let across = d.transpose (1L, 2L)
        let before = s.Output.narrow(1L, 0L, M).reshape(G, M * B, H)
        let bias = d.sum 1L
        (flat (g layout.LstmIn)).copy_(torch.bmm (across, s.Input)) |> ignore
        (flat (g layout.LstmHidden)).copy_(torch.bmm (across, before)) |> ignore
        (flat (g layout.LstmInBias)).copy_ bias |> ignore
        (flat (g layout.LstmHiddenBias)).copy_ bias |> ignore
        let dInput = torch.bmm (d, flat (p layout.LstmIn))
        let struct (first, second) = inTime (dInput.view (G, M, B, -1L))
        first + second
