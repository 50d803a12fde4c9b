/// Learning from other networks: what a teacher says, and what it asks a student for.
module Mina.Model.Tests.TeacherTests

open System
open System.Security.Cryptography
open System.Threading
open Mina.Model
open Mina.Model.Networks.FreqNet
open Mina.Model.Tests.Golden
open FsCheck.FSharp
open FsCheck.Xunit
open Xunit

let private weights = Array.init 3 (fun i -> initial (int64 (40 + i)))

let private teacherOf (members: float32[][]) =
    Teacher.FromModels [ for weights in members -> struct (network, weights) ]

let private labelled seed count =
    let batch = randomBatch seed count

    for i in 0 .. count - 1 do
        batch.Class[i] <- int64 (i % 2)

    batch

let private recipe = {
    Recipe.Distilled with
        Epochs = 2
        BatchSize = 2
}

let private batches = Array.init 3 (fun i -> labelled (300 + i) 2)

let private train recipe (teacher: Teacher | null) resumeFrom (token: CancellationToken) (observer: TrainingObserver) =
    Trainer.Run(
        network,
        recipe,
        5L,
        teacher,
        SingleThread.workers,
        Func<_, _>(fun _ -> batches),
        Func<_>(fun () -> batches),
        resumeFrom,
        observer,
        token
    )

[<Fact>]
let ``A teacher says the probability at the mean of its members' logits`` () =
    let batch = randomBatch 3 5

    let margins =
        weights
        |> Array.map (fun w ->
            let logits = Array.zeroCreate<float32> 10
            (InferenceEngine.create w).RunOn(SingleThread.workers, batch, logits)
            Array.init 5 (fun i -> float logits[2 * i + 1] - float logits[2 * i]))

    let said = (teacherOf weights).Probabilities(SingleThread.workers, batch)

    for i in 0..4 do
        let mean = margins |> Array.averageBy (fun m -> m[i])
        Assert.Equal(1.0 / (1.0 + Math.Exp -mean), said[i], 1e-12)

[<Property(MaxTest = 20)>]
let ``A student is asked for what lies between the class and the teacher, by the teacher's share`` () =
    Prop.forAll (Arb.fromGen (Gen.choose (0, 100))) (fun percent ->
        let share = float percent / 100.0
        let batch, teacher = labelled 8 4, teacherOf weights
        let said = teacher.Probabilities(SingleThread.workers, batch)
        let asked = teacher.Targets(SingleThread.workers, batch, share)

        for i in 0..3 do
            Assert.Equal(float batch.Class[i] + share * (said[i] - float batch.Class[i]), asked[i], 1e-12))

[<Fact>]
let ``Teachers are known by the hash of their file of weights`` () =
    let expected =
        weights
        |> Array.map (fun w -> Convert.ToHexStringLower(SHA256.HashData(parameters.Encode w)))

    Assert.Equal<string[]>(expected, (teacherOf weights).Ids)

[<Property(MaxTest = 6)>]
let ``Gradients by a target between the classes are those of the classes, mixed`` () =
    Prop.forAll (Arb.fromGen (Gen.choose (1, 99))) (fun percent ->
        let q, batch, engine =
            float percent / 100.0, randomBatch percent 5, TrainingEngine.create ()

        let asked target =
            let gradients = Array.zeroCreate<float32> parameters.Count

            let loss =
                engine.Backward(
                    weights[0],
                    batch,
                    Loss.CrossEntropy,
                    Array.create 5 target,
                    null,
                    gradients,
                    SingleThread.workers
                )

            struct (loss, gradients)

        let struct (loss0, by0) = asked 0.0
        let struct (loss1, by1) = asked 1.0
        let struct (loss, by) = asked q
        Assert.Equal((1.0 - q) * loss0 + q * loss1, loss, 1e-6)
        let largest = by |> Array.fold (fun m g -> max m (abs g)) 0.0f

        for i in 0 .. by.Length - 1 do
            Assert.Equal((1.0 - q) * float by0[i] + q * float by1[i], float by[i], 1e-3 * float largest))

[<Fact>]
let ``Targets of 0 and 1 are the classes, bit for bit`` () =
    let batch, engine = labelled 4 6, TrainingEngine.create ()

    let by targets =
        let gradients = Array.zeroCreate<float32> parameters.Count

        engine.Backward(weights[0], batch, Loss.CrossEntropy, targets, null, gradients, SingleThread.workers)
        |> ignore

        gradients

    Assert.Equal<float32[]>(by null, by (Array.map float batch.Class[..5]))

[<Fact>]
let ``A taught run that was stopped goes on exactly, and only with the same teachers`` () =
    let teacher = teacherOf weights
    let none = CancellationToken.None
    let whole = train recipe teacher null none (TrainingObserver())
    Assert.Equal<string[]>(teacher.Ids, whole.Checkpoint.Progress.Teachers)
    use stop = new CancellationTokenSource()

    let stopped =
        train
            recipe
            teacher
            null
            stop.Token
            {
                new TrainingObserver() with
                    override _.OnBatch(_, _, _) = stop.Cancel()
            }

    let read = Checkpoint.Decode(stopped.Checkpoint.Encode())
    let resumed = train recipe teacher read none (TrainingObserver())
    Assert.Equal<float32[]>(whole.Weights, resumed.Weights)

    let refused (teacher: Teacher) =
        let e =
            Assert.Throws<ArgumentException>(fun () -> train recipe teacher read none (TrainingObserver()) |> ignore)

        Assert.Contains("teachers", e.Message)

    refused (teacherOf weights[..1])
    refused (teacherOf (Array.rev weights))

[<Fact>]
let ``A recipe with a share for a teacher wants one, and another wants none`` () =
    let refused recipe (teacher: Teacher | null) =
        let e =
            Assert.Throws<ArgumentException>(fun () ->
                train recipe teacher null CancellationToken.None (TrainingObserver()) |> ignore)

        Assert.Contains("teacher", e.Message)

    refused recipe null
    refused { recipe with TeacherShare = 0.0 } (teacherOf weights)
    Assert.Throws<ArgumentException>(fun () -> teacherOf [||] |> ignore)
