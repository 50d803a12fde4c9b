namespace Mina.Model

open System
open System.Security.Cryptography
open Mina.Preprocess

/// Trained models that another one learns from: its target for a training window is not only the class of the
/// recording but also the probability that they give this very window together. (Distillation of an ensemble: Hinton,
/// Vinyals, Dean 2015; at temperature 1.)
[<Sealed>]
type Teacher private (engines: IInferenceEngine[], ids: string[]) =
    /// Creates a teacher of these networks with their weights (flat). ArgumentException when there are no networks.
    static member FromModels(members: struct (INetwork * float32[]) seq) : Teacher =
        let members = Seq.toArray members

        if members.Length = 0 then
            invalidArg (nameof members) "A teacher is made up of at least one network."

        Teacher(
            [|
                for struct (network, weights) in members -> network.CreateInference weights
            |],
            [|
                for struct (network, weights) in members ->
                    weights |> network.Layout.Encode |> SHA256.HashData |> Convert.ToHexStringLower
            |]
        )

    /// The ids of a teacher; empty when there is no teacher.
    static member internal IdsOrNone(teacher: Teacher | null) : string[] =
        match teacher with
        | null -> [||]
        | teacher -> teacher.Ids

    /// The SHA-256 of the model.safetensors of each member, in hexadecimal.
    member _.Ids = ids

    /// The members' outputs, one member after the other: `run` computes one's logits, then `margins` takes their part.
    member private _.MeanMargins(batch: SegmentBatch, run: IInferenceEngine -> float32[] -> unit) : float[] =
        let margins = Array.zeroCreate<float> batch.Count
        let logits = Array.zeroCreate<float32>(2 * batch.Count)

        for engine in engines do
            run engine logits

            for i in 0 .. batch.Count - 1 do
                margins[i] <-
                    margins[i]
                    + (float logits[2 * i + 1] - float logits[2 * i]) / float engines.Length

        margins

    /// (B): the probability of AF at the mean of the members' logits, 0 .. 1, computed on the threads of `workers`.
    member this.Probabilities(workers: Workers, batch: SegmentBatch) : float[] =
        this.MeanMargins(batch, (fun engine logits -> engine.RunOn(workers, batch, logits)))
        |> Array.map (Temperature.probability 1.0)

    /// (B), and (B, 4): the probabilities of AF and of the four labels at the means of the members' logits.
    /// ProblemException when a member has no head for the labels.
    member this.LabelProbabilities(batch: SegmentBatch) : struct (float[] * float32[]) =
        let count = LabelTargets.Count
        let one = Array.zeroCreate<float32>(count * batch.Count)
        let mean = Array.zeroCreate<float>(count * batch.Count)

        let run (engine: IInferenceEngine) (logits: float32[]) =
            match engine with
            | :? ILabelInference as engine -> engine.RunLabels(batch, logits, one)
            | _ ->
                raise (
                    ProblemException(
                        "a teacher has no head for the four labels, which this recipe learns from it: "
                        + "give teachers of network Wide, or --label-weight 0."
                    )
                )

            for i in 0 .. mean.Length - 1 do
                mean[i] <- mean[i] + float one[i] / float engines.Length

        let margins = this.MeanMargins(batch, run)

        let labels =
            mean
            |> Array.chunkBySize count
            |> Array.collect (fun logits ->
                let largest = Array.max logits
                let shares = logits |> Array.map (fun logit -> exp (logit - largest))
                let sum = Array.sum shares
                shares |> Array.map (fun share -> float32 (share / sum)))

        struct (Array.map (Temperature.probability 1.0) margins, labels)

    /// (B): the targets of a student, in which the teacher's probability has the weight `share`, 0 .. 1, and the class
    /// the rest.
    member this.Targets(workers: Workers, batch: SegmentBatch, share: float) : float[] =
        this.Probabilities(workers, batch) |> Teacher.Mix batch share

    /// The targets of a student as `Targets` gives them, and those of its labels, of that weight.
    member this.LabelTargets(batch: SegmentBatch, share: float, weight: float) : struct (float[] * LabelTargets) =
        let struct (probabilities, labels) = this.LabelProbabilities batch
        let own = (LabelTargets.OfBatch(batch, weight)).Probabilities

        struct (Teacher.Mix batch share probabilities,
                {
                    Weight = weight
                    Probabilities =
                        Array.map2
                            (fun label taught -> float32 (1.0 - share) * label + float32 share * taught)
                            own
                            labels
                })

    static member private Mix (batch: SegmentBatch) (share: float) (probabilities: float[]) =
        probabilities
        |> Array.mapi (fun i p -> (1.0 - share) * float batch.Class[i] + share * p)
