/// Networks with a head for the four labels: their gradients, what they teach, and what is left of them.
module Mina.Model.Tests.LabelHeadTests

open System
open System.Collections.Generic
open System.Threading
open Mina.Model
open Mina.Model.Torch
open Mina.Model.Tests.Golden
open Mina.Preprocess
open TorchSharp
open Xunit

let private engine: INetworkEngine = TorchEngine()
let private find name = NetworkCatalog.FindIn(engine, name)

let private labelled seed count =
    let batch = randomBatch seed count

    for i in 0 .. count - 1 do
        batch.Describe(i, $"r%d{i}", 0, enum<Label>(i % 4))

    batch

let private recipe = {
    Recipe.Wide with
        Epochs = 2
        BatchSize = 4
        MotionNoise = 0.0
        Averaging = 0.0
}

let private batches = Array.init 2 (fun i -> labelled (500 + i) 4)

let private source = {
    new ITrainingSource with
        member _.Settings = PreprocessSettings.Default

        member _.Data = {
            ManifestHash = ""
            Splits = [||]
            Fold = ""
        }

        member _.TrainingBatches(_, _, _) = batches
        member _.ValidationBatches _ = batches
}

/// Trains a model and returns its result and its info.
let private train (network: INetwork) recipe (teacher: Teacher | null) =
    let mutable saved: (TrainResult * (ModelInfo | null)) option = None

    let store = {
        new ITrainingStore with
            member _.FindCheckpoint _ = null
            member _.Watch(_, _, _) = TrainingObserver()
            member _.Save(_, result, info) = saved <- Some(result, info)
            member _.LoadWeights _ = [||]
    }

    let plan = {
        Network = network
        Recipe = recipe
        Seed = 3L
        Teacher = teacher
        Workers = SingleThread.workers
    }

    ModelTraining.Run(plan, source, store, Calibrate(fun _ info _ _ -> info), CancellationToken.None)
    |> ignore

    saved.Value

[<Fact>]
let ``A network of the wide kind gives PyTorch's outputs, loss and gradients of classes and labels`` () =
    let file = read (committed "freqnet_labels.safetensors")

    let sizes = {
        Filters = 6L
        Hidden = 4L
        Layers = 2L
        Rhythm = 3L
        HasLabels = true
    }

    let network: INetwork =
        TorchNetwork("small", (fun () -> new FreqNet(4, 3000L, 50L, sizes)), torch.CPU, None)

    let weights = FormulaGolden.weightsOf network.Layout
    let batch = FormulaGolden.batch
    use inference = network.CreateInference weights
    let logits, labels = Array.zeroCreate<float32> 6, Array.zeroCreate<float32> 12
    let attention = AttentionShares 3
    (inference :?> ILabelInference).RunLabels(batch, logits, labels)
    close "logits" (file["logits"].AsFloat32()) logits
    close "labels" (file["labels"].AsFloat32()) labels
    inference.Run(batch, Span logits, attention)
    close "logits without labels" (file["logits"].AsFloat32()) logits
    close "gamma" (file["gamma"].AsFloat32()) attention.Gamma

    use training = network.CreateTraining()
    let gradients = Array.zeroCreate<float32> network.Layout.Count

    let loss =
        (training :?> ILabelTraining)
            .BackwardWithLabels(
                weights,
                batch,
                Loss.CrossEntropy,
                [| 0.9; 0.2; 0.6 |],
                {
                    Weight = 0.5
                    // The third segment has no label.
                    Probabilities = [| 0.1f; 0.7f; 0.15f; 0.05f; 0.0f; 0.0f; 1.0f; 0.0f; 0.0f; 0.0f; 0.0f; 0.0f |]
                },
                null,
                gradients,
                SingleThread.workers
            )

    Assert.Equal(float (file["loss"].AsFloat32()[0]), loss, 1e-4)

    for name, gradient in network.Layout.ToTensors gradients do
        closeGradient name (file["grad." + name].AsFloat32()) (gradient.AsFloat32())

[<Fact>]
let ``The published network with a head for the labels computes what it computes without, and begins as it does`` () =
    let network = find "FreqNetLabels"
    let weights = network.InitialWeights 7L
    Assert.Equal<float32[]>(initial 7L, Array.truncate parameters.Count weights)
    Assert.Equal(parameters.Count + 36, weights.Length)
    Assert.Equal("FreqNet", network.Finished.Name)
    Assert.Equal("Wide", (find "Wide").Finished.Name)

    let batch = randomBatch 3 5
    let own, published = Array.zeroCreate<float32> 10, Array.zeroCreate<float32> 10
    use labelled = network.CreateInference weights
    use simd = NetworkCatalog.Default.CreateInference(initial 7L)
    labelled.Run(batch, Span own, null)
    simd.Run(batch, Span published, null)
    close "logits" published own

[<Fact>]
let ``A network that learned the labels too is the published network when it is finished, and its head learned`` () =
    let result, info = train (find "FreqNetLabels") recipe null

    match info with
    | null -> failwith "the run is not finished"
    | info ->
        Assert.Equal("FreqNet", info.Network)
        Assert.Equal(parameters.Count, info.Parameters)

    Assert.Equal(parameters.Count, result.Weights.Length)
    let trained = result.Checkpoint.Weights
    Assert.Equal(parameters.Count + 36, trained.Length)

    Assert.NotEqual<float32[]>(
        ((find "FreqNetLabels").InitialWeights 3L)[parameters.Count ..],
        trained[parameters.Count ..]
    )

[<Fact>]
let ``A student learns classes and labels from teachers with a head for the labels alone`` () =
    let labels = find "FreqNetLabels"

    let teacher =
        Teacher.FromModels [ for seed in [ 1L; 2L ] -> struct (labels, labels.InitialWeights seed) ]

    let batch = labelled 9 4
    let struct (probabilities, taught) = teacher.LabelProbabilities batch
    let said = teacher.Probabilities(SingleThread.workers, batch)
    Array.iter2 (fun (a: float) b -> Assert.Equal(a, b, 1e-5)) said probabilities
    Assert.All(Array.chunkBySize 4 taught, (fun row -> Assert.Equal(1.0f, Array.sum row, 1e-5f)))

    let struct (targets, mixed) = teacher.LabelTargets(batch, 0.25, 0.5)
    Assert.Equal(0.5, mixed.Weight)
    Assert.Equal(0.25 * probabilities[1] + 0.75, targets[1], 1e-12)
    Assert.Equal(0.25f * taught[5] + 0.75f, mixed.Probabilities[5], 1e-6f)
    Assert.Equal(0.25f * taught[4], mixed.Probabilities[4], 1e-6f)

    let result, _ = train labels { recipe with TeacherShare = 1.0 } teacher
    Assert.Equal<string[]>(teacher.Ids, result.Checkpoint.Progress.Teachers)

    let plain = Teacher.FromModels [ struct (network, initial 1L) ]

    let e =
        Assert.Throws<ProblemException>(fun () -> plain.LabelProbabilities batch |> ignore)

    Assert.Contains("no head for the four labels", e.Message)

[<Fact>]
let ``A network without a head for the labels is refused by a recipe that teaches them`` () =
    for plain in [ network; find "ConvNet" ] do
        let e = Assert.ThrowsAny<Exception>(fun () -> train plain recipe null |> ignore)
        Assert.Contains("no head for the", e.Message)

[<Fact>]
let ``Labels of a batch are its recordings', and a segment without one has no part in them`` () =
    let batch = labelled 1 4
    batch.Label[2] <- Nullable()

    Assert.Equal<float32[]>(
        [|
            1.0f
            0.0f
            0.0f
            0.0f
            0.0f
            1.0f
            0.0f
            0.0f
            0.0f
            0.0f
            0.0f
            0.0f
            0.0f
            0.0f
            0.0f
            1.0f
        |],
        (LabelTargets.OfBatch(batch, 1.0)).Probabilities
    )
