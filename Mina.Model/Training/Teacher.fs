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

    /// (B): the probability of AF at the mean of the members' logits, 0 .. 1, computed on the threads of `workers`.
    member _.Probabilities(workers: Workers, batch: SegmentBatch) : float[] =
        let margins = Array.zeroCreate<float> batch.Count
        let logits = Array.zeroCreate<float32>(2 * batch.Count)

        for engine in engines do
            engine.RunOn(workers, batch, logits)

            for i in 0 .. batch.Count - 1 do
                margins[i] <-
                    margins[i]
                    + (float logits[2 * i + 1] - float logits[2 * i]) / float engines.Length

        Array.map (Temperature.probability 1.0) margins

    /// (B): the targets of a student, in which the teacher's probability has the weight `share`, 0 .. 1, and the class
    /// the rest.
    member this.Targets(workers: Workers, batch: SegmentBatch, share: float) : float[] =
        this.Probabilities(workers, batch)
        |> Array.mapi (fun i p -> (1.0 - share) * float batch.Class[i] + share * p)
