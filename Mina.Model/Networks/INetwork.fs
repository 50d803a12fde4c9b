namespace Mina.Model

open System
open System.Collections.Generic
open Mina.Preprocess

/// The sizes of an explanation that segments do not fix, which concern the positions inside a sub-segment.
module AttentionSizes =
    /// The number of samples that a position covers.
    [<Literal>]
    let Kernel = 32

    /// The number of samples from one position to the next.
    [<Literal>]
    let Stride = 2

    /// The number of positions in a sub-segment.
    [<Literal>]
    let Positions = 10

/// A network's attention for a batch of B segments, as shares that add up to 1 over the axis that they weight. A
/// network without attention at one of the levels gives equal shares there.
type AttentionShares(count: int) =
    let perChannel numbers =
        Array.init Shapes.Channels (fun _ -> Array.zeroCreate<float32>(count * numbers))

    /// The shares of the positions inside each sub-segment, (B, 60, 10) for each of the four channels.
    member val Alpha: float32[][] = perChannel (Shapes.SubSegments * AttentionSizes.Positions)
    /// The shares of the sub-segments, (B, 60) for each of the four channels.
    member val Beta: float32[][] = perChannel Shapes.SubSegments
    /// The shares of the channels, (B, 4).
    member val Gamma: float32[] = Array.zeroCreate (count * Shapes.Channels)

/// A network with fixed weights. Any number of threads may use it at once.
type IInferenceEngine =
    inherit IDisposable

    /// Writes the logits (B, 2) of a batch, for not AF and AF, to `logits`, and the attention to `attentions` unless
    /// that is null. ArgumentException when the batch or one of the targets is too short.
    abstract Run: batch: SegmentBatch * logits: Span<float32> * attentions: (AttentionShares | null) -> unit

    /// Writes the logits (B, 2) of a batch to `logits`, computing on the threads of `workers`.
    abstract RunOn: workers: Workers * batch: SegmentBatch * logits: float32[] -> unit

/// The desired probabilities of the four labels of a batch, which a network with a head for them learns besides the
/// class: a task that makes it distinguish other rhythms and noise.
type LabelTargets = {
    /// The weight of the labels' cross entropy, which is added to the loss; more than 0.
    Weight: float
    /// (B, 4): Normal, AF, Other, Noisy. They add up to 1, or to 0 for a segment without a label, which then has no
    /// part in this loss.
    Probabilities: float32[]
} with

    /// The number of labels.
    static member Count = 4

    /// The labels that a batch's recordings have.
    static member OfBatch(batch: SegmentBatch, weight: float) : LabelTargets =
        let probabilities = Array.zeroCreate<float32>(LabelTargets.Count * batch.Count)

        for i in 0 .. batch.Count - 1 do
            if batch.Label[i].HasValue then
                probabilities[LabelTargets.Count * i + int batch.Label[i].Value] <- 1.0f

        {
            Weight = weight
            Probabilities = probabilities
        }

/// Inference by a network that has a head for the labels as well.
type ILabelInference =
    /// Writes the logits (B, 2) of a batch to `logits`, and those of the four labels (B, 4) to `labels`.
    abstract RunLabels: batch: SegmentBatch * logits: float32[] * labels: float32[] -> unit

/// Computes losses and gradients. One thread at a time may use it.
type ITrainingEngine =
    inherit IDisposable

    /// Returns the mean loss of a batch of B segments at these weights (flat), and overwrites `gradients` (flat).
    /// `targets` (B) are the desired probabilities of AF, 0 .. 1; null stands for the segments' classes. `dropout` (B
    /// times `INetwork.DropoutFeatures`) is the factor of each feature that dropout applies to; null stands for no
    /// dropout. ArgumentException when an array is too short.
    abstract Backward:
        weights: float32[] *
        batch: SegmentBatch *
        loss: Loss *
        targets: (float[] | null) *
        dropout: (float32[] | null) *
        gradients: float32[] *
        workers: Workers ->
            float

/// Training of a network that has a head for the labels as well.
type ILabelTraining =
    /// As `ITrainingEngine.Backward`, with the loss of the labels added.
    abstract BackwardWithLabels:
        weights: float32[] *
        batch: SegmentBatch *
        loss: Loss *
        targets: (float[] | null) *
        labels: LabelTargets *
        dropout: (float32[] | null) *
        gradients: float32[] *
        workers: Workers ->
            float

/// A network: its parameters and the engines that compute it. The trainer, teachers, checkpoints and classifiers know a
/// network only by this interface.
type INetwork =
    /// The name, as in the field `network` of model.json and after `--network`.
    abstract Name: string
    abstract Layout: ParameterLayout
    /// The number of features of a window that a recipe's dropout applies to; 0 for a network without dropout.
    abstract DropoutFeatures: int
    /// The initial weights of a run, which are a pure function of the seed.
    abstract InitialWeights: seed: int64 -> float32[]
    abstract CreateInference: weights: float32[] -> IInferenceEngine
    abstract CreateTraining: unit -> ITrainingEngine
    /// The network that a finished training gives, whose parameters are the first of this one's: the rest serve only to
    /// train it. Most networks give themselves.
    abstract Finished: INetwork

/// A way of computing networks: SIMD by hand, or TorchSharp's autograd.
type INetworkEngine =
    /// The name after `--engine`.
    abstract Name: string
    /// The networks that this engine computes.
    abstract Networks: IReadOnlyList<INetwork>
    /// This engine on a device (cpu or cuda), with this number of threads where it uses threads of its own.
    /// ProblemException when the engine or the machine has no such device.
    abstract On: device: string * threads: int -> INetworkEngine

/// Checks the arguments of an engine, because kernels work on bare addresses and would read past the end of an array.
[<RequireQualifiedAccess>]
module EngineInput =
    let private holds (what: string) (count: int) (length: int) perSegment =
        if length < count * perSegment then
            invalidArg "batch" $"%d{count} segments need more %s{what} than %d{length} numbers."

    /// Raises ArgumentException for a batch whose arrays hold fewer segments than its count.
    [<CompiledName("CheckBatch")>]
    let checkBatch (batch: SegmentBatch) =
        let holds what length = holds what batch.Count length
        holds "x" batch.X.Length Shapes.XLength
        holds "beat knowledge" batch.KBeat.Length Shapes.XLength
        holds "rhythm knowledge" batch.KRhythm.Length Shapes.RhythmLength
        holds "frequency knowledge" batch.KFreq.Length Shapes.Channels
        holds "classes" batch.Class.Length 1

    /// Raises ArgumentException when the targets of `IInferenceEngine.Run` are too short.
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

    /// Raises ArgumentException when one of the arrays of `ITrainingEngine.Backward` is too short.
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
