namespace Mina.Model

open System
open Mina.Preprocess

/// The probabilities of B segments, and what the network looked at. All attentions are shares that add up to 1 over
/// the axis they weigh.
type Explanation = {
    /// (B): probability of AF.
    Probability: float32[]
    /// For each of the four channels (B, 60, 10): the positions inside a sub-segment that the beat network looked at;
    /// position p covers samples 2p to 2p + 31.
    Alpha: float32[][]
    /// For each of the four channels (B, 60): the sub-segments that the rhythm network looked at.
    Beta: float32[][]
    /// (B, 4): the channels.
    Gamma: float32[]
}

/// A trained network, ready to classify. No randomness, no gradients; any number of threads may call it at once.
[<Sealed>]
type Classifier private (weights: float32[], info: ModelInfo) =
    let engine = info.FindNetwork().CreateInference weights

    let margin (logits: float32[]) i =
        float logits[2 * i + 1] - float logits[2 * i]

    /// The softmax's second number at the model's temperature, of logits (B, 2).
    let probabilities (logits: float32[]) =
        Array.init (logits.Length / 2) (fun i -> float32 (Temperature.probability info.Temperature (margin logits i)))

    let run (batch: SegmentBatch) (attentions: AttentionShares | null) =
        let logits = Array.zeroCreate<float32>(2 * batch.Count)
        engine.Run(batch, Span logits, attentions)
        logits

    /// The classifier of a model's two files: the bytes of model.safetensors and the text of model.json.
    /// ProblemException, in one sentence, when they are wrong.
    static member Load(weights: byte[], info: string) : Classifier =
        let info = ModelInfo.FromJson info
        new Classifier(info.DecodeWeights weights, info)

    /// The classifier of weights in memory (`TrainResult.Weights`).
    static member FromWeights(weights: float32[], info: ModelInfo) : Classifier = new Classifier(weights, info)

    /// What the model was trained on, and its thresholds.
    member _.Info = info

    /// (B, 2): the logits of not AF and of AF for each segment.
    member _.Logits(batch: SegmentBatch) : float32[] = run batch null

    /// Probability of AF of each segment, in [0, 1]; empty for an empty batch.
    member _.Predict(batch: SegmentBatch) : float32[] = probabilities (run batch null)

    /// The logit of AF less that of not AF, of each segment, before any temperature: what `Temperature.fit` takes.
    member _.Margins(batch: SegmentBatch) : float32[] =
        let logits = run batch null
        Array.init batch.Count (fun i -> float32 (margin logits i))

    /// Probabilities and all three attentions.
    member _.Explain(batch: SegmentBatch) : Explanation =
        let attentions = AttentionShares batch.Count
        let logits = run batch attentions

        {
            Probability = probabilities logits
            Alpha = attentions.Alpha
            Beta = attentions.Beta
            Gamma = attentions.Gamma
        }

    interface IDisposable with
        member _.Dispose() = engine.Dispose()
