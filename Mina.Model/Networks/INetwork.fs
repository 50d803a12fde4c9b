namespace Mina.Model

open System
open System.Collections.Generic
open Mina.Preprocess

/// The sizes of an explanation that segments do not fix: positions inside a sub-segment.
module AttentionSizes =
    /// How many samples a position covers.
    [<Literal>]
    let Kernel = 32

    /// How many samples lie between two positions.
    [<Literal>]
    let Stride = 2

    /// How many positions a sub-segment has.
    [<Literal>]
    let Positions = 10

/// What a network looked at, for a batch of B segments. Each is a share that adds up to 1 over the axis it weighs. A
/// network without attention at one of the levels gives equal shares there.
type AttentionShares(count: int) =
    let perChannel numbers =
        Array.init Shapes.Channels (fun _ -> Array.zeroCreate<float32>(count * numbers))

    /// For each of the four channels (B, 60, 10): positions inside each sub-segment.
    member val Alpha: float32[][] = perChannel (Shapes.SubSegments * AttentionSizes.Positions)
    /// For each of the four channels (B, 60): sub-segments.
    member val Beta: float32[][] = perChannel Shapes.SubSegments
    /// (B, 4): channels.
    member val Gamma: float32[] = Array.zeroCreate (count * Shapes.Channels)

/// A network with fixed weights. Any number of threads may call it at once.
type IInferenceEngine =
    inherit IDisposable

    /// Writes the logits (B, 2), not AF and AF, of a batch to `logits`, and what the network looked at to `attentions`
    /// unless that is null. ArgumentException when the batch or one of the targets is too short.
    abstract Run: batch: SegmentBatch * logits: Span<float32> * attentions: (AttentionShares | null) -> unit

    /// Writes the logits (B, 2) of a batch to `logits`, computing on the threads of `workers`.
    abstract RunOn: workers: Workers * batch: SegmentBatch * logits: float32[] -> unit

/// Computes losses and gradients. One caller at a time.
type ITrainingEngine =
    inherit IDisposable

    /// Returns the mean loss of a batch of B segments at these weights (flat), and overwrites `gradients` (flat).
    /// targets (B): the wanted probability of AF, 0 .. 1; null: the segments' classes. dropout (B times
    /// `INetwork.DropoutFeatures`): the factor of each feature that dropout applies to; null: no dropout.
    /// ArgumentException when an array is too short.
    abstract Backward:
        weights: float32[] *
        batch: SegmentBatch *
        loss: Loss *
        targets: (float[] | null) *
        dropout: (float32[] | null) *
        gradients: float32[] *
        workers: Workers ->
            float

/// A network: its parameters and the engines that compute it. This is all that the trainer, teachers, checkpoints and
/// classifiers know of it.
type INetwork =
    /// The name in model.json's `network` and after `--network`.
    abstract Name: string
    abstract Layout: ParameterLayout
    /// How many features of a window a recipe's dropout applies to; 0 for a network without.
    abstract DropoutFeatures: int
    /// The first weights of a run: a pure function of the seed.
    abstract InitialWeights: seed: int64 -> float32[]
    abstract CreateInference: weights: float32[] -> IInferenceEngine
    abstract CreateTraining: unit -> ITrainingEngine

/// A way of computing networks: SIMD by hand, or TorchSharp's autograd.
type INetworkEngine =
    /// The name after `--engine`.
    abstract Name: string
    /// The networks that this engine computes.
    abstract Networks: IReadOnlyList<INetwork>
    /// This engine on a device (cpu, cuda) and, where it uses threads of its own, on so many of them. ProblemException
    /// when there is no such device here.
    abstract On: device: string * threads: int -> INetworkEngine

/// Checks of what a caller hands to an engine: kernels work on addresses alone and would read past the end.
[<RequireQualifiedAccess>]
module EngineInput =
    let private holds (what: string) (count: int) (length: int) perSegment =
        if length < count * perSegment then
            invalidArg "batch" $"%d{count} segments need more %s{what} than %d{length} numbers."

    /// ArgumentException for a batch that holds fewer segments than it says.
    [<CompiledName("CheckBatch")>]
    let checkBatch (batch: SegmentBatch) =
        let holds what length = holds what batch.Count length
        holds "x" batch.X.Length Shapes.XLength
        holds "beat knowledge" batch.KBeat.Length Shapes.XLength
        holds "rhythm knowledge" batch.KRhythm.Length Shapes.RhythmLength
        holds "frequency knowledge" batch.KFreq.Length Shapes.Channels
        holds "classes" batch.Class.Length 1

    /// ArgumentException when there is no room for what `IInferenceEngine.Run` writes.
    [<CompiledName("CheckRun")>]
    let checkRun (batch: SegmentBatch) (logits: int) (attentions: AttentionShares | null) =
        checkBatch batch
        let holds what length = holds what batch.Count length
        holds "room for logits" logits 2

        match attentions with
        | null -> ()
        | a ->
            for c in 0 .. Shapes.Channels - 1 do
                holds "room for alpha" a.Alpha[c].Length (Shapes.SubSegments * AttentionSizes.Positions)
                holds "room for beta" a.Beta[c].Length Shapes.SubSegments

            holds "room for gamma" a.Gamma.Length Shapes.Channels

    /// ArgumentException when one of the arrays of `ITrainingEngine.Backward` is too short.
    [<CompiledName("CheckBackward")>]
    let checkBackward
        (parameters: int)
        (dropoutFeatures: int)
        (weights: float32[])
        (batch: SegmentBatch)
        (targets: float[] | null)
        (dropout: float32[] | null)
        (gradients: float32[])
        =
        checkBatch batch

        let holds what length least =
            if length < least then
                invalidArg what $"%d{length} numbers are too few: training needs %d{least} there."

        holds "weights" weights.Length parameters
        holds "gradients" gradients.Length parameters
        holds "batch" batch.Count 1

        match targets with
        | null -> ()
        | targets -> holds "targets" targets.Length batch.Count

        match dropout with
        | null -> ()
        | mask -> holds "dropout" mask.Length (batch.Count * dropoutFeatures)
