namespace Mina.Model.Torch

open System
open Mina.Model
open Mina.Preprocess
open TorchSharp

/// A module with its parameters in the order of a layout, so that flat weights can be loaded into it.
[<Sealed>]
type internal LoadedModule(network: ITorchNetwork, layout: ParameterLayout, device: torch.Device) =
    do network.Module.``to`` (device) |> ignore

    let parameters =
        let byName =
            dict [ for struct (name, p) in network.Module.named_parameters () -> name, p ]

        [| for p in layout.Parameters -> struct (p, byName[p.Name]) |]

    let fillsNoRegisters =
        layout.Parameters
        |> Seq.exists (fun p -> p.Name.Contains "lstm.weight_hh" && p.Shape[1] % 32L <> 0L)

    member _.Network = network

    /// Turns gradients off until the result is disposed. They stay on for an LSTM whose units do not fill registers,
    /// because without them the oneDNN of libtorch 2.10 computes wrong outputs on processors with AVX-512: with 4, 8
    /// and 16 units the logits were off by up to 0.006, with 32 and 64 they were right.
    member _.WithoutGradients() = torch.enable_grad fillsNoRegisters

    /// Copies the weights to the module's parameters.
    member _.Load(weights: float32[]) =
        use _ = torch.NewDisposeScope()
        use _ = torch.no_grad ()

        for struct (p, tensor) in parameters do
            tensor.copy_ (Tensors.fromArray device p.Shape (Array.sub weights p.Offset p.Size))
            |> ignore

    /// Copies the gradients that `backward` left on the parameters to the flat vector.
    member _.CopyGradients(into: float32[]) =
        use _ = torch.NewDisposeScope()

        for struct (p, tensor) in parameters do
            Array.blit (Tensors.toArray (Tensors.gradient tensor)) 0 into p.Offset p.Size

    /// Copies a batch to tensors on the device.
    member _.Tensors(batch: SegmentBatch) : SegmentTensors =
        let channels, B = int64 Shapes.Channels, int64 batch.Count
        let tensor shape numbers = Tensors.fromArray device shape numbers

        {
            X = tensor [| channels; B; int64 Shapes.Window |] batch.X
            KBeat = tensor [| channels; B; int64 Shapes.Window |] batch.KBeat
            KRhythm = tensor [| channels; B; int64 Shapes.SubSegments |] batch.KRhythm
            KFreq = tensor [| channels; B; 1L |] batch.KFreq
        }

    member _.Device = device

    interface IDisposable with
        member _.Dispose() = network.Module.Dispose()

/// Inference by a TorchSharp module. libtorch has threads of its own; those of `Workers` are not used.
[<Sealed>]
type internal TorchInference(loaded: LoadedModule, weights: float32[]) =
    do
        loaded.Load weights
        loaded.Network.Module.eval ()

    /// Copies the tensor of each channel, or writes equal shares over `axis` where there are no tensors.
    let copyShares (tensors: torch.Tensor[] option) axis (into: float32[][]) =
        match tensors with
        | Some tensors ->
            Array.iter2 (fun t (into: float32[]) -> Array.blit (Tensors.toArray t) 0 into 0 into.Length) tensors into
        | None ->
            for one in into do
                Array.fill one 0 one.Length (1.0f / float32 (axis: int))

    let run (batch: SegmentBatch) (logits: Span<float32>) (attentions: AttentionShares | null) =
        use _ = torch.NewDisposeScope()
        use _ = loaded.WithoutGradients()
        let output = loaded.Network.Compute(loaded.Tensors batch, None)
        (Tensors.toArray output.Logits).AsSpan().CopyTo logits

        match attentions with
        | null -> ()
        | a ->
            copyShares (output.Attention |> Option.map _.Alpha) AttentionSizes.Positions a.Alpha
            copyShares (output.Attention |> Option.map _.Beta) Shapes.SubSegments a.Beta
            copyShares (output.Attention |> Option.map (fun o -> [| o.Gamma |])) Shapes.Channels [| a.Gamma |]

    interface ILabelInference with
        member _.RunLabels(batch, logits, labels) =
            EngineInput.checkRun batch logits.Length null

            if batch.Count > 0 then
                use _ = torch.NewDisposeScope()
                use _ = loaded.WithoutGradients()
                let output = loaded.Network.Compute(loaded.Tensors batch, None)
                (Tensors.toArray output.Logits).CopyTo(logits, 0)

                match output.Labels with
                | Some tensor -> (Tensors.toArray tensor).CopyTo(labels, 0)
                | None -> invalidOp "This network has no head for the labels."

    interface IInferenceEngine with
        member _.Run(batch, logits, attentions) =
            EngineInput.checkRun batch logits.Length attentions

            if batch.Count > 0 then
                run batch logits attentions

        member this.RunOn(_, batch, logits) =
            (this :> IInferenceEngine).Run(batch, Span logits, null)

        member _.Dispose() = (loaded :> IDisposable).Dispose()

/// Training by autograd. libtorch has threads of its own; those of `Workers` are not used.
[<Sealed>]
type internal TorchTraining(loaded: LoadedModule, parameters: int) =
    do loaded.Network.Module.train ()

    /// Mean cross entropy with the targets (1 - q, q).
    let lossOf loss (logits: torch.Tensor) (targets: float32[]) =
        let scores =
            match loss with
            | Loss.SoftmaxCrossEntropy -> logits.softmax 1L
            | _ -> logits

        let q = Tensors.fromArray loaded.Device [| targets.LongLength |] targets
        let log = torch.nn.functional.log_softmax (scores, 1L)
        let one = (1.0).ToScalar()
        (q * log.select (1L, 1L) + (one - q) * log.select (1L, 0L)).mean().neg()

    /// The weighted mean cross entropy of the labels.
    let labelLossOf (head: torch.Tensor) (labels: LabelTargets) count =
        let desired =
            Tensors.fromArray loaded.Device [| int64 count; int64 LabelTargets.Count |] labels.Probabilities

        let log = torch.nn.functional.log_softmax (head, 1L)
        (desired * log).sum(1L).mean().neg() * labels.Weight.ToScalar()

    let backward
        (weights: float32[])
        (batch: SegmentBatch)
        loss
        (targets: float[] | null)
        (labels: LabelTargets option)
        (dropout: float32[] | null)
        (gradients: float32[])
        =
        let features = loaded.Network.DropoutFeatures
        EngineInput.checkBackward parameters features weights batch targets dropout gradients
        use _ = torch.NewDisposeScope()
        loaded.Load weights
        loaded.Network.Module.zero_grad ()

        let targets =
            match targets with
            | null -> Array.init batch.Count (fun i -> float32 batch.Class[i])
            | targets -> Array.init batch.Count (fun i -> float32 targets[i])

        let mask =
            Option.ofObj dropout
            |> Option.map (Tensors.fromArray loaded.Device [| int64 (batch.Count * features) |])

        let output = loaded.Network.Compute(loaded.Tensors batch, mask)
        let classes = lossOf loss output.Logits targets

        let value =
            match labels, output.Labels with
            | None, _ -> classes
            | Some labels, Some head -> classes + labelLossOf head labels batch.Count
            | Some _, None -> invalidOp "This network has no head for the labels."

        value.backward ()
        loaded.CopyGradients gradients
        float (value.item<float32>())

    interface ILabelTraining with
        member _.BackwardWithLabels(weights, batch, loss, targets, labels, dropout, gradients, _) =
            backward weights batch loss targets (Some labels) dropout gradients

    interface ITrainingEngine with
        member _.Backward(weights, batch, loss, targets, dropout, gradients, _) =
            backward weights batch loss targets None dropout gradients

        member _.Dispose() = (loaded :> IDisposable).Dispose()

/// A network's parameter layout and its initial weights.
type internal InitialState = {
    Layout: ParameterLayout
    InitialWeights: int64 -> float32[]
}

/// A TorchSharp module as a network of the seam.
[<Sealed>]
type TorchNetwork
    internal
    (
        name: string,
        create: unit -> ITorchNetwork,
        device: torch.Device,
        initial: InitialState option,
        finished: INetwork option
    ) =
    let load layout =
        new LoadedModule(create (), layout, device)

    /// The module's own layout and initialisers.
    let ownInitialState =
        lazy
            (use network = (create ()).Module

             if Seq.length (network.named_buffers ()) > 0 then
                 invalidOp
                     $"%s{name} has buffers, which are not saved; a network must keep what it learns in parameters."

             let mutable offset = 0

             let layout =
                 ParameterLayout(
                     name,
                     [
                         for struct (name, p) in network.named_parameters () do
                             {
                                 Name = name
                                 Shape = p.shape
                                 Offset = offset
                             }

                             offset <- offset + int (p.numel ())
                     ]
                 )

             let initialWeights seed =
                 torch.manual_seed seed |> ignore
                 use fresh = (create ()).Module
                 Array.concat [ for struct (_, p) in fresh.named_parameters () -> Tensors.toArray p ]

             {
                 Layout = layout
                 InitialWeights = initialWeights
             })

    let initial () =
        match initial with
        | Some initial -> initial
        | None -> ownInitialState.Value

    let features =
        lazy
            (let network = create ()
             use _ = network.Module
             network.DropoutFeatures)

    /// Creates a network without parameters that only its training needs.
    internal new(name, create, device, initial) = TorchNetwork(name, create, device, initial, None)

    interface INetwork with
        member this.Finished = defaultArg finished this
        member _.Name = name
        member _.Layout = (initial ()).Layout
        member _.DropoutFeatures = features.Value
        member _.InitialWeights seed = (initial ()).InitialWeights seed

        member _.CreateInference weights =
            new TorchInference(load (initial ()).Layout, weights)

        member _.CreateTraining() =
            let layout = (initial ()).Layout
            new TorchTraining(load layout, layout.Count)
