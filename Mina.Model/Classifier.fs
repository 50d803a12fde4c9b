namespace Mina.Model

open System
open Mina.Model.Inference
open Mina.Preprocess

/// What the network says of B segments, and what it looked at. All attentions are shares that add up to 1 over the axis
/// they weigh.
type Explanation = {
    /// (B): probability of AF.
    Probability: float32[]
    /// One of the four channels each: (B, 60, 10), the positions of a sub-segment that the beat network looked at;
    /// position p covers samples 2p to 2p + 31.
    Alpha: float32[][]
    /// One of the four channels each: (B, 60), the sub-segments that the rhythm network looked at.
    Beta: float32[][]
    /// (B, 4): the channels.
    Gamma: float32[]
}

/// A trained network, ready to classify, on the SIMD engine: libtorch is never loaded. No randomness, no gradients; any number
/// of threads may call it at once.
[<Sealed>]
type Classifier private (weights: float32[], info: ModelInfo) =
    let engine = Engine.create weights

    let margin (logits: float32[]) i =
        float logits[2 * i + 1] - float logits[2 * i]

    /// The softmax's second number at the model's temperature, of logits (B, 2).
    let probabilities (logits: float32[]) =
        Array.init (logits.Length / 2) (fun i -> float32 (Temperature.probability info.Temperature (margin logits i)))

    let run (batch: SegmentBatch) attentions =
        let logits = Array.zeroCreate<float32>(2 * batch.Count)
        engine.Run(batch, Span logits, attentions)
        logits

    /// The classifier of a model's two files: the bytes of model.safetensors and the text of model.json.
    /// ProblemException, in one sentence, when they are wrong.
    static member Load(weights: byte[], info: string) : Classifier =
        let info = ModelInfo.read info
        new Classifier(Weights.decode weights, info)

    /// The classifier of weights in memory (`TrainResult.Weights`).
    static member OfWeights(weights: float32[], info: ModelInfo) : Classifier = new Classifier(weights, info)

    /// What the model was trained on, and its threshold.
    member _.Info = info

    /// (B, 2), a row a segment: what the network says of not AF and of AF, before the softmax.
    member _.Logits(batch: SegmentBatch) : float32[] = run batch ValueNone

    /// Probability of AF of each segment, in [0, 1]; empty for an empty batch.
    member _.Predict(batch: SegmentBatch) : float32[] = probabilities (run batch ValueNone)

    /// The logit of AF less that of not AF, of each segment, before any temperature: what `Temperature.fit` takes.
    member _.Margins(batch: SegmentBatch) : float32[] =
        let logits = run batch ValueNone
        Array.init batch.Count (fun i -> float32 (margin logits i))

    /// Probabilities and all three attentions.
    member _.Explain(batch: SegmentBatch) : Explanation =
        let perChannel numbers =
            Array.init Shapes.Channels (fun _ -> Array.zeroCreate<float32>(batch.Count * numbers))

        let attentions = {
            Alpha = perChannel (Shapes.SubSegments * Engine.Positions)
            Beta = perChannel Shapes.SubSegments
            Gamma = Array.zeroCreate (batch.Count * Shapes.Channels)
        }

        let logits = run batch (ValueSome attentions)

        {
            Probability = probabilities logits
            Alpha = attentions.Alpha
            Beta = attentions.Beta
            Gamma = attentions.Gamma
        }

    interface IDisposable with
        /// Nothing to do: the garbage collector frees the engine.
        member _.Dispose() = ()
