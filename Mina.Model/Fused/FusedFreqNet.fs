namespace Mina.Model

open System
open TorchSharp
open Mina.Preprocess

/// FreqNet with the channels computed together, forwards and backwards mostly by hand. Holds the parameters as one flat
/// vector and their gradients as another; a group (say, the four channels' convolution kernels) is a view of it. Gives
/// the numbers of `FreqNet` to rounding. What tests and benchmarks hold `TrainingEngine` to. Not for several threads at once.
type internal FusedFreqNet(initial: float32[]) =
    let layout = Parameters.layout
    let flat = Tensors.ofArray initial
    let gradients = torch.zeros initial.LongLength

    let viewOf (vector: torch.Tensor) (group: Group) =
        vector.narrow(0L, group.Offset, group.Size).view(Array.append group.Lead group.Shape)

    /// A batch as tensors; copies only what the network changes.
    let tensors (batch: SegmentBatch) =
        let shared (numbers: float32[]) perSegment (shape: int64[]) =
            torch.frombuffer(numbers, torch.ScalarType.Float32, int64 (batch.Count * perSegment)).view shape

        let channels, B = int64 Shapes.Channels, int64 batch.Count

        struct (shared batch.X Shapes.XLength [| channels; B; int64 Shapes.Window |],
                shared batch.KBeat Shapes.XLength [| channels; B; int64 Shapes.Window |],
                shared batch.KRhythm Shapes.RhythmLength [| channels; B; int64 Shapes.SubSegments |],
                shared batch.KFreq Shapes.Channels [| channels; B; 1L |])

    /// The parameters (115,274), to be changed in place by an optimizer.
    member _.Flat = flat

    /// What the last `Backward` found, in the same order.
    member _.Gradients = gradients

    /// A copy of the parameters.
    member _.Weights: float32[] = Tensors.toArray flat

    /// Verdicts of a batch, no gradients, no dropout.
    member _.Predict(batch: SegmentBatch) : Verdicts =
        use _ = torch.no_grad ()
        use scope = torch.NewDisposeScope()
        let struct (x, kBeat, kRhythm, kFreq) = tensors batch
        let p = viewOf flat

        let struct (beats, state) =
            BeatStage.forward p layout x kBeat (int64 Shapes.SubSegment)

        let struct (h, _) =
            LstmStage.forward p layout (beats.view (x.size 0, x.size 1, -1L, Sizes.filters))

        let head = HeadStage.forward p layout h kRhythm kFreq None
        let keep (t: torch.Tensor) = t.MoveToOuterDisposeScope()

        {
            Logits = keep head.Logits
            Probabilities = keep (head.Logits.softmax 1L)
            Alpha = state.Alpha |> Array.map (fun a -> keep (a.unsqueeze 2L))
            Beta = [| for c in 0L .. x.size 0 - 1L -> keep (head.Beta.select (0L, c)) |]
            Gamma = keep head.Gamma
        }

    /// Mean loss of a batch's logits (B, 2).
    static member private LossTensor(loss: Loss, logits: torch.Tensor, batch: SegmentBatch) : torch.Tensor =
        let classes =
            torch.frombuffer (batch.Class, torch.ScalarType.Int64, int64 batch.Count)

        let scores =
            match loss with
            | Loss.SoftmaxCrossEntropy -> logits.softmax 1L
            | _ -> logits

        torch.nn.functional.cross_entropy (scores, classes)

    /// Mean loss of a batch's logits (B, 2).
    static member LossOf(loss: Loss, logits: torch.Tensor, batch: SegmentBatch) : float32 =
        use _ = torch.NewDisposeScope()
        FusedFreqNet.LossTensor(loss, logits, batch).item<float32>()

    /// Loss of a batch, and its gradients into `Gradients`. `dropout`: what each rhythm feature (channels, B, 8) is
    /// multiplied by; None: no dropout.
    member _.Backward(batch: SegmentBatch, loss: Loss, dropout: float32[] option) : float32 =
        use _ = torch.NewDisposeScope()
        use quiet = torch.no_grad ()
        let struct (x, kBeat, kRhythm, kFreq) = tensors batch
        let p, g = viewOf flat, viewOf gradients

        let struct (beats, beatState) =
            BeatStage.forward p layout x kBeat (int64 Shapes.SubSegment)

        let struct (h, lstmState) =
            LstmStage.forward p layout (beats.view (x.size 0, x.size 1, -1L, Sizes.filters))

        let mask =
            dropout
            |> Option.map (fun m -> (Tensors.ofArray m).view(x.size 0, x.size 1, Sizes.rhythm))

        // The head's parameters and the LSTM's output as leaves of a small autograd graph.
        let leaf (t: torch.Tensor) = t.detach().requires_grad_ true

        let leaves =
            HeadStage.groups layout |> List.map (fun group -> group.Offset, leaf (p group))

        let hidden = leaf h

        let result =
            use _ = torch.enable_grad ()

            let parameter (group: Group) =
                leaves |> List.find (fun (o, _) -> o = group.Offset) |> snd

            let head = HeadStage.forward parameter layout hidden kRhythm kFreq mask
            let value = FusedFreqNet.LossTensor(loss, head.Logits, batch)
            value.backward ()
            value.item<float32>()

        for group, (_, parameter) in List.zip (HeadStage.groups layout) leaves do
            (g group).copy_(Tensors.gradient parameter) |> ignore

        let dBeats = LstmStage.backward p g layout lstmState (Tensors.gradient hidden)
        BeatStage.backward p g layout beatState (dBeats.reshape (x.size 0, -1L, Sizes.filters))
        result

    interface IDisposable with
        member _.Dispose() =
            flat.Dispose()
            gradients.Dispose()
