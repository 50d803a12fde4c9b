namespace Mina.Model

open System
open TorchSharp
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

/// A trained network, ready to classify. No randomness, no gradients; any number of threads may call it at once.
[<Sealed>]
type Classifier private (weights: float32[], info: ModelInfo) =
    let net = new FusedFreqNet(weights)

    let probabilities (verdicts: Verdicts) =
        Tensors.toArray (verdicts.Probabilities.select (1L, 1L))

    /// The classifier of a model's two files: the bytes of model.safetensors and the text of model.json.
    /// InvalidDataException, in one sentence, when they are wrong.
    static member Load(weights: byte[], info: string) : Classifier =
        let info = ModelInfo.read info
        new Classifier(Weights.decode weights, info)

    /// The classifier of weights in memory (`TrainResult.Weights`).
    static member OfWeights(weights: float32[], info: ModelInfo) : Classifier = new Classifier(weights, info)

    /// What the model was trained on, and its threshold.
    member _.Info = info

    /// Probability of AF of each segment, in [0, 1]; empty for an empty batch.
    member _.Predict(batch: SegmentBatch) : float32[] =
        if batch.Count = 0 then
            [||]
        else
            use _ = torch.NewDisposeScope()
            probabilities (net.Predict batch)

    /// Probabilities and all three attentions.
    member _.Explain(batch: SegmentBatch) : Explanation =
        if batch.Count = 0 then
            {
                Probability = [||]
                Alpha = Array.create Shapes.Channels [||]
                Beta = Array.create Shapes.Channels [||]
                Gamma = [||]
            }
        else
            use _ = torch.NewDisposeScope()
            let verdicts = net.Predict batch

            {
                Probability = probabilities verdicts
                Alpha = verdicts.Alpha |> Array.map Tensors.toArray
                Beta = verdicts.Beta |> Array.map Tensors.toArray
                Gamma = Tensors.toArray verdicts.Gamma
            }

    interface IDisposable with
        member _.Dispose() = (net :> IDisposable).Dispose()
