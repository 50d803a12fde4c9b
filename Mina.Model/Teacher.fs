namespace Mina.Model

open System
open System.Security.Cryptography
open Mina.Model.Inference
open Mina.Preprocess

/// Trained networks that another learns from: of each training window it is told not only the class of the recording but also what they
/// together make of this very window. (Distillation of an ensemble: Hinton, Vinyals, Dean 2015; at temperature 1.)
[<Sealed>]
type Teacher private (engines: Engine[], ids: string[]) =
    /// The teacher that these weights (flat, as `TrainResult.Weights`) make up together; ArgumentException without any.
    static member OfWeights(members: float32[][]) : Teacher =
        if members.Length = 0 then
            invalidArg (nameof members) "A teacher is made up of at least one network."

        Teacher(
            members |> Array.map Engine.create,
            members
            |> Array.map (Weights.encode >> SHA256.HashData >> Convert.ToHexStringLower)
        )

    /// `Ids`; none where there is no teacher.
    static member internal IdsOf(teacher: Teacher | null) : string[] =
        match teacher with
        | null -> [||]
        | teacher -> teacher.Ids

    /// SHA-256 of each one's model.safetensors, in hexadecimal.
    member _.Ids = ids

    /// (B): the probability of AF at the mean of their logits, 0 .. 1. workers: the threads that compute.
    member _.Probabilities(workers: Workers, batch: SegmentBatch) : float[] =
        let margins = Array.zeroCreate<float> batch.Count
        let logits = Array.zeroCreate<float32>(2 * batch.Count)

        for engine in engines do
            engine.RunBy(workers, batch, logits)

            for i in 0 .. batch.Count - 1 do
                margins[i] <-
                    margins[i]
                    + (float logits[2 * i + 1] - float logits[2 * i]) / float engines.Length

        Array.map (Temperature.probability 1.0) margins

    /// (B): what a student is asked for: the class, and the teacher's probability by its share, 0 .. 1, of the whole.
    member this.Targets(workers: Workers, batch: SegmentBatch, share: float) : float[] =
        this.Probabilities(workers, batch)
        |> Array.mapi (fun i p -> (1.0 - share) * float batch.Class[i] + share * p)
