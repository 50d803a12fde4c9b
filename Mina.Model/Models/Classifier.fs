namespace Mina.Model

open System
open Mina.Preprocess

/// The probabilities of B segments, and the network's attention. All attentions are shares that add up to 1 over the
/// axis that they weight.
type Explanation = {
    /// (B): the probability of AF.
    Probability: float32[]
    /// (B, 60, 10) for each of the four channels: the shares of the positions inside a sub-segment. Position p covers
    /// the samples 2p to 2p + 31.
    Alpha: float32[][]
    /// (B, 60) for each of the four channels: the shares of the sub-segments.
    Beta: float32[][]
    /// (B, 4): the shares of the channels.
    Gamma: float32[]
}

/// A trained network for classification. Its results are not random, and any number of threads may use it at once.
[<Sealed>]
type Classifier private (weights: float32[], info: ModelInfo) =
    let engine = info.FindNetwork().CreateInference weights

    let margin (logits: float32[]) i =
        float logits[2 * i + 1] - float logits[2 * i]

    /// The probabilities of AF, (B), at the model's temperature, from logits (B, 2).
    let probabilities (logits: float32[]) =
        Array.init (logits.Length / 2) (fun i -> float32 (Temperature.probability info.Temperature (margin logits i)))

    let run (batch: SegmentBatch) (attentions: AttentionShares | null) =
        let logits = Array.zeroCreate<float32>(2 * batch.Count)
        engine.Run(batch, Span logits, attentions)
        logits

    /// Creates the classifier from the bytes of model.safetensors and the text of model.json. ProblemException when
    /// they are damaged or do not belong together.
    static member Load(weights: byte[], info: string) : Classifier =
        let info = ModelInfo.FromJson info
        new Classifier(info.DecodeWeights weights, info)

    /// Creates the classifier from weights in memory (`TrainResult.Weights`).
    static member FromWeights(weights: float32[], info: ModelInfo) : Classifier = new Classifier(weights, info)

    /// What the model was trained on, and its thresholds.
    member _.Info = info

    /// (B, 2): the logits of not AF and of AF for each segment.
    member _.Logits(batch: SegmentBatch) : float32[] = run batch null

    /// (B): the probability of AF of each segment, in [0, 1].
    member _.Predict(batch: SegmentBatch) : float32[] = probabilities (run batch null)

    /// (B): the probability of AF of each segment, in [0, 1], computed on the threads of `workers`. The bits are the
    /// same on any number of threads.
    member _.Predict(batch: SegmentBatch, workers: Workers) : float32[] =
        let logits = Array.zeroCreate<float32>(2 * batch.Count)
        engine.RunOn(workers, batch, logits)
        probabilities logits

    /// (B): the logit of AF minus that of not AF of each segment, at temperature 1, as `Temperature.fit` takes it.
    member _.Margins(batch: SegmentBatch) : float32[] =
        let logits = run batch null
        Array.init batch.Count (fun i -> float32 (margin logits i))

    /// Computes the probabilities and the attentions of all three levels.
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
