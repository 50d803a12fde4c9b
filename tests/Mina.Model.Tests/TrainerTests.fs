/// Training: it learns, it repeats itself, and it goes on as if it had never stopped.
module Mina.Model.Tests.TrainerTests

open System
open System.Collections.Generic
open System.Threading
open Mina.Model
open Mina.Model.Tests.Golden
open Mina.Preprocess
open FsCheck.FSharp
open FsCheck.Xunit
open Xunit

let private recipe = {
    Recipe.Hw4 with
        Name = "tiny"
        Epochs = 3
        BatchSize = 2
        Selection = Selection.BestValidation
        Averaging = 0.8
}

let private batches =
    Array.init 4 (fun i -> randomBatch (100 + i) (if i = 3 then 1 else 2))

let private validation = [| randomBatch 200 3 |]

/// The epoch's batches in an order of its own.
let private ofEpoch epoch : IEnumerable<SegmentBatch> =
    Array.permute (fun i -> (i + epoch) % batches.Length) batches

let private run recipe seed resumeFrom (observer: TrainingObserver) token =
    Trainer.Run(
        network,
        recipe,
        seed,
        null,
        SingleThread.workers,
        Func<_, _>(ofEpoch),
        Func<_>(fun () -> validation),
        resumeFrom,
        observer,
        token
    )

let private undisturbed =
    lazy (run recipe 5L null (TrainingObserver()) CancellationToken.None)

let private stoppingAfter steps =
    let source = new CancellationTokenSource()
    let mutable seen = 0

    let observer = {
        new TrainingObserver() with
            override _.OnBatch(_, _, _) =
                seen <- seen + 1

                if seen = steps then
                    source.Cancel()
    }

    observer, source.Token

let private same (expected: float32[]) (actual: float32[]) =
    Assert.True(ReadOnlySpan(expected).SequenceEqual(ReadOnlySpan actual), "the numbers are not the same bit for bit")

[<Fact>]
let ``The same seed gives the same weights, another seed others`` () =
    let again = run recipe 5L null (TrainingObserver()) CancellationToken.None
    same undisturbed.Value.Checkpoint.Weights again.Checkpoint.Weights
    let other = run recipe 6L null (TrainingObserver()) CancellationToken.None
    Assert.NotEqual<float32[]>(undisturbed.Value.Checkpoint.Weights, other.Checkpoint.Weights)

[<Fact>]
let ``The number of threads does not change a bit of the weights, also when a run goes on with another`` () =
    let many =
        Workers(fun count body -> Threading.Tasks.Parallel.For(0, count, body) |> ignore)

    let runOn workers resumeFrom observer token =
        Trainer.Run(
            network,
            recipe,
            5L,
            null,
            workers,
            Func<_, _>(ofEpoch),
            Func<_>(fun () -> validation),
            resumeFrom,
            observer,
            token
        )

    let result = runOn many null (TrainingObserver()) CancellationToken.None
    same undisturbed.Value.Checkpoint.Weights result.Checkpoint.Weights
    Assert.Equal<EpochResult[]>(undisturbed.Value.Checkpoint.Progress.History, result.Checkpoint.Progress.History)
    let observer, token = stoppingAfter 5
    let stopped = runOn many null observer token

    same
        undisturbed.Value.Weights
        (run recipe 5L stopped.Checkpoint (TrainingObserver()) CancellationToken.None).Weights

[<Property(MaxTest = 6)>]
let ``Stopped after any batch and resumed through bytes, training ends with the weights of an undisturbed run`` () =
    Prop.forAll (Arb.fromGen (Gen.choose (1, 12))) (fun steps ->
        let observer, token = stoppingAfter steps
        let stopped = run recipe 5L null observer token
        Assert.Equal(int64 steps, stopped.Checkpoint.Progress.Step)
        Assert.False stopped.Completed
        let read = Checkpoint.Decode(stopped.Checkpoint.Encode())
        let resumed = run recipe 5L read (TrainingObserver()) CancellationToken.None
        let expected = undisturbed.Value
        Assert.True resumed.Completed
        same expected.Checkpoint.Weights resumed.Checkpoint.Weights
        same expected.Checkpoint.FirstMoment resumed.Checkpoint.FirstMoment
        same expected.Checkpoint.SecondMoment resumed.Checkpoint.SecondMoment
        same expected.Checkpoint.Average resumed.Checkpoint.Average
        same expected.Weights resumed.Weights
        Assert.Equal<EpochResult[]>(expected.Checkpoint.Progress.History, resumed.Checkpoint.Progress.History))

[<Fact>]
let ``What is kept is the running mean of the weights, and the weights learn as if there were none`` () =
    let last = {
        recipe with
            Epochs = 1
            Selection = Selection.LastEpoch
    }

    let weightsAfter (recipe: Recipe) steps =
        let observer, token = stoppingAfter steps
        (run recipe 5L null observer token).Checkpoint.Weights

    let averaged = run last 5L null (TrainingObserver()) CancellationToken.None
    let plain = { last with Averaging = 0.0 }
    let steps = batches.Length

    same (run plain 5L null (TrainingObserver()) CancellationToken.None).Weights averaged.Checkpoint.Weights

    // The formula, in double precision: decay min(0.8, (1 + t) / (10 + t)) after step t.
    let mean = Array.map float (initial 5L)

    for t in 1..steps do
        let decay = min 0.8 ((1.0 + float t) / (10.0 + float t))

        weightsAfter plain t
        |> Array.iteri (fun i w -> mean[i] <- decay * mean[i] + (1.0 - decay) * float w)

    Assert.All(Array.zip mean averaged.Weights, fun (m, w) -> Assert.Equal(m, float w, 1e-6))

[<Fact>]
let ``A run resumed from each epoch's checkpoint ends with the weights of an undisturbed run`` () =
    let checkpoints = List<Checkpoint>()

    let observer = {
        new TrainingObserver() with
            override _.OnEpoch(result, checkpoint) =
                Assert.Equal(result.Epoch, checkpoint.Progress.Epoch)
                checkpoints.Add checkpoint
    }

    let result = run recipe 5L null observer CancellationToken.None
    Assert.Equal(recipe.Epochs, checkpoints.Count)

    for c in checkpoints do
        same result.Weights (run recipe 5L c (TrainingObserver()) CancellationToken.None).Weights

[<Fact>]
let ``A checkpoint of another recipe or seed is refused in one sentence`` () =
    let observer, token = stoppingAfter 1
    let c = (run recipe 5L null observer token).Checkpoint

    let refused (resume: unit -> TrainResult) (what: string) =
        let e = Assert.Throws<ArgumentException>(fun () -> resume () |> ignore)
        Assert.Contains(what, e.Message)

    let none = CancellationToken.None
    refused (fun () -> run recipe 6L c (TrainingObserver()) none) "seed 5, not 6"
    refused (fun () -> run Recipe.Hw4 5L c (TrainingObserver()) none) "recipe tiny, not hw4"

[<Fact>]
let ``A checkpoint of data that have shrunk since is refused`` () =
    let observer, token = stoppingAfter 4
    let c = (run recipe 5L null observer token).Checkpoint

    let c = {
        c with
            Progress = { c.Progress with StepInEpoch = 99 }
    }

    let e =
        Assert.Throws<ArgumentException>(fun () ->
            run recipe 5L c (TrainingObserver()) CancellationToken.None |> ignore)

    Assert.Contains("the data have changed", e.Message)

[<Fact>]
let ``The selected weights are those of the epoch that validated best`` () =
    let seen = Dictionary<int, float32[]>()

    let observer = {
        new TrainingObserver() with
            override _.OnEpoch(result, checkpoint) =
                seen[result.Epoch] <- checkpoint.Average
    }

    let result = run recipe 5L null observer CancellationToken.None

    let merit (r: EpochResult) =
        r.ValidationRocAuc.GetValueOrDefault(), -r.ValidationLoss.GetValueOrDefault()

    let best = result.Checkpoint.Progress.History |> Array.maxBy merit
    Assert.Equal(best.Epoch, result.SelectedEpoch)
    same seen[best.Epoch] result.Weights

    let last =
        run
            {
                recipe with
                    Selection = Selection.LastEpoch
            }
            5L
            null
            (TrainingObserver())
            CancellationToken.None

    same seen[recipe.Epochs] last.Weights

[<Fact>]
let ``The loss falls and the classes part on a set that is easy to tell apart`` () =
    // AF: ten times the high-frequency power of the others.
    let easy = [|
        for i in 0..3 ->
            let b = randomBatch i 8

            for row in 0..7 do
                b.Class[row] <- int64 (row % 2)

                if row % 2 = 1 then
                    for c in 0..3 do
                        let at = (c * 8 + row) * 3000

                        for t in at .. at + 2999 do
                            b.X[t] <- 0.1f * b.X[t]

            b
    |]

    let recipe = {
        recipe with
            Epochs = 8
            LearningRate = 0.01
            Loss = Loss.CrossEntropy
    }

    let result =
        Trainer.Run(
            network,
            recipe,
            1L,
            null,
            SingleThread.workers,
            Func<_, _>(fun _ -> easy),
            Func<_>(fun () -> easy),
            null,
            TrainingObserver(),
            CancellationToken.None
        )

    let first, last =
        result.Checkpoint.Progress.History[0], Array.last result.Checkpoint.Progress.History

    Assert.True(
        last.ValidationLoss.Value < 0.5 * first.TrainLoss,
        $"validation loss %f{last.ValidationLoss.Value}, at first %f{first.TrainLoss}"
    )

    Assert.Equal(1.0, last.ValidationRocAuc.Value)

[<Fact>]
let ``An epoch without batches is an error, not an endless run`` () =
    Assert.Throws<InvalidOperationException>(fun () ->
        Trainer.Run(
            network,
            recipe,
            1L,
            null,
            SingleThread.workers,
            Func<_, _>(fun _ -> Seq.empty),
            Func<_>(fun () -> Seq.empty),
            null,
            TrainingObserver(),
            CancellationToken.None
        )
        |> ignore)

[<Fact>]
let ``Training without validation windows keeps the epoch of the lowest training loss`` () =
    let result =
        Trainer.Run(
            network,
            recipe,
            1L,
            null,
            SingleThread.workers,
            Func<_, _>(ofEpoch),
            Func<_>(fun () -> Seq.empty),
            null,
            TrainingObserver(),
            CancellationToken.None
        )

    let best = result.Checkpoint.Progress.History |> Array.minBy _.TrainLoss
    Assert.Equal(best.Epoch, result.SelectedEpoch)
    Assert.All(result.Checkpoint.Progress.History, fun r -> Assert.False r.ValidationLoss.HasValue)

/// A network that learns nothing more: its rate is too small to change a figure.
let private stuck = {
    recipe with
        Epochs = 9
        LearningRate = 1e-30
        Averaging = 0.0
        Patience = 2
}

[<Fact>]
let ``Training ends when as many epochs as the patience have not become better`` () =
    let result = run stuck 5L null (TrainingObserver()) CancellationToken.None
    // The first epoch is the best, and the next two are no better.
    Assert.True result.Completed
    Assert.Equal(1, result.SelectedEpoch)
    Assert.Equal(3, result.Checkpoint.Progress.Epoch)
    Assert.True result.Checkpoint.Progress.IsFinished

[<Fact>]
let ``A run that ended by its patience goes on no further when it is resumed, also from its file`` () =
    let ended = run stuck 5L null (TrainingObserver()) CancellationToken.None

    let again =
        run stuck 5L (Checkpoint.Decode(ended.Checkpoint.Encode())) (TrainingObserver()) CancellationToken.None

    Assert.True again.Completed
    Assert.Equal(ended.Checkpoint.Progress, again.Checkpoint.Progress)
    same ended.Weights again.Weights
