/// Networks as TorchSharp modules through the same trainer, files and classifier as the network that Mina ships.
module Mina.Model.Tests.TorchEngineTests

open System
open System.Collections.Generic
open System.IO
open System.Threading
open Mina.Model
open Mina.Model.Torch
open Mina.Model.Tests.Golden
open Mina.Preprocess
open Xunit

let private torch: INetworkEngine = TorchEngine()

let private find name = NetworkCatalog.FindIn(torch, name)

// As the program does when it starts: networks that only the torch engine computes are found by name from then on.
do knowTorch.Force()

let private recipe = {
    Recipe.Standard with
        Name = "tiny"
        Epochs = 2
        BatchSize = 4
        Averaging = 0.8
}

/// AF: a tenth of the amplitude.
let private batches = [|
    for i in 0..3 ->
        let b = randomBatch i 4

        for row in 0..3 do
            b.Class[row] <- int64 (row % 2)

            if row % 2 = 1 then
                for c in 0..3 do
                    for t in (c * 4 + row) * 3000 .. (c * 4 + row + 1) * 3000 - 1 do
                        b.X[t] <- 0.1f * b.X[t]

        b
|]

let private train (network: INetwork) recipe resumeFrom observer token =
    Trainer.Run(
        network,
        recipe,
        5L,
        null,
        SingleThread.workers,
        Func<_, _>(fun _ -> batches),
        Func<_>(fun () -> batches),
        resumeFrom,
        observer,
        token
    )

let private infoOf result =
    ModelInfo.FromTraining(
        PreprocessSettings.Default,
        {
            ManifestHash = ""
            Splits = [||]
            Fold = ""
        },
        result
    )

[<Fact>]
let ``Both engines begin with the same weights and stay together over steps with dropout and decay`` () =
    let simd =
        train NetworkCatalog.Default recipe null (TrainingObserver()) CancellationToken.None

    let autograd =
        train (find "FreqNet") recipe null (TrainingObserver()) CancellationToken.None

    // Adam divides by the gradient's size, so a gradient of rounding alone moves its weight by up to a step in either
    // direction.
    let differences =
        Array.map2 (fun (a: float32) b -> float (abs (a - b))) simd.Checkpoint.Weights autograd.Checkpoint.Weights

    Assert.InRange(Array.average differences, 0.0, 1e-4)

    Assert.All(
        Array.zip simd.Checkpoint.Progress.History autograd.Checkpoint.Progress.History,
        fun (a, b) -> Assert.Equal(a.TrainLoss, b.TrainLoss, 1e-3)
    )

[<Fact>]
let ``A network of one file trains, is written, and says the same when it is loaded by the name in its model json`` () =
    let network = find "convnet"
    Assert.Equal("ConvNet", network.Name)

    let result =
        train network { recipe with Epochs = 12 } null (TrainingObserver()) CancellationToken.None

    let history = result.Checkpoint.Progress.History
    Assert.True(history[11].TrainLoss < 0.8 * history[0].TrainLoss, $"%A{history |> Array.map _.TrainLoss}")

    let info = infoOf result
    Assert.Equal("ConvNet", info.Network)

    use classifier =
        let struct (_, weights), struct (_, text) =
            let files =
                ModelFiles.encode {
                    Weights = result.Weights
                    Info = info
                }

            files[0], files[1]

        Classifier.Load(weights, System.Text.Encoding.UTF8.GetString text)

    use direct = network.CreateInference result.Weights
    let batch = randomBatch 9 3
    let logits = Array.zeroCreate<float32> 6
    direct.Run(batch, Span logits, null)
    Assert.Equal<float32[]>(logits, classifier.Logits batch)
    Assert.Empty(classifier.Predict(SegmentBatch(1, Count = 0)))

    let explained = classifier.Explain batch
    Assert.All(explained.Gamma, (fun share -> Assert.Equal(0.25f, share)))
    Assert.All(explained.Beta[0], (fun share -> Assert.Equal(1.0f / 60.0f, share)))
    Assert.All(explained.Alpha[3], (fun share -> Assert.Equal(0.1f, share)))

[<Fact>]
let ``A run of another network resumes from its checkpoint, and its checkpoint is refused to the shipped network`` () =
    let network = find "ConvNet"
    let whole = train network recipe null (TrainingObserver()) CancellationToken.None
    use stop = new CancellationTokenSource()
    let mutable seen = 0

    let observer = {
        new TrainingObserver() with
            override _.OnBatch(_, _, _) =
                seen <- seen + 1

                if seen = 3 then
                    stop.Cancel()
    }

    let stopped = train network recipe null observer stop.Token
    let read = Checkpoint.Decode(stopped.Checkpoint.Encode())
    let resumed = train network recipe read (TrainingObserver()) CancellationToken.None
    close "weights" whole.Weights resumed.Weights

    let e =
        Assert.Throws<ArgumentException>(fun () ->
            train NetworkCatalog.Default recipe read (TrainingObserver()) CancellationToken.None
            |> ignore)

    Assert.Contains("network ConvNet, not FreqNet", e.Message)

[<Fact>]
let ``The first weights of a module are a function of the seed`` () =
    let network = find "ConvNet"
    Assert.Equal<float32[]>(network.InitialWeights 3L, network.InitialWeights 3L)
    Assert.NotEqual<float32[]>(network.InitialWeights 3L, network.InitialWeights 4L)
    Assert.Equal(network.Layout.Count, (network.InitialWeights 3L).Length)

[<Fact>]
let ``FreqNet explains the same by both engines`` () =
    let weights = initial 6L
    let batch = randomBatch 21 4

    let explain (network: INetwork) =
        use engine = network.CreateInference weights
        let shares = AttentionShares 4
        let logits = Array.zeroCreate<float32> 8
        engine.Run(batch, Span logits, shares)
        logits, shares

    let logits, shares = explain NetworkCatalog.Default
    let logits', shares' = explain (find "FreqNet")
    close "logits" logits logits'
    close "gamma" shares.Gamma shares'.Gamma

    for c in 0..3 do
        close "alpha" shares.Alpha[c] shares'.Alpha[c]
        close "beta" shares.Beta[c] shares'.Beta[c]

[<Fact>]
let ``A network, engine or device that is not there gets one sentence that names those that are`` () =
    let refused (says: string) (run: unit -> obj) =
        let e = Assert.Throws<ProblemException>(fun () -> run () |> ignore)
        Assert.Contains(says, e.Message)

    refused "There is no network 'ResNet'; the known networks are FreqNet, FreqNetLabels, Wide, ConvNet." (fun () ->
        NetworkCatalog.Find "ResNet")

    refused "The simd engine knows no network 'ConvNet'; it computes FreqNet." (fun () ->
        NetworkCatalog.FindIn(NetworkCatalog.FindEngine "simd", "ConvNet"))

    refused "There is no engine 'jax'; the engines are simd, torch." (fun () -> NetworkCatalog.FindEngine "jax")
    refused "--device cuda needs --engine torch" (fun () -> (NetworkCatalog.FindEngine "simd").On("cuda", 1))
    refused "There is no device 'tpu'" (fun () -> torch.On("tpu", 1))

    if not (TorchSharp.torch.cuda.is_available ()) then
        refused "There is no CUDA here" (fun () -> torch.On("cuda", 1))

[<Fact>]
let ``The shipped model, whose files were written before there was a choice of networks, is read as FreqNet`` () =
    let shipped name =
        Path.Combine(committed "load_weights.py", "..", "..", "..", "data", "models", "mina", name)
        |> Path.GetFullPath

    use classifier =
        Classifier.Load(File.ReadAllBytes(shipped "model.safetensors"), File.ReadAllText(shipped "model.json"))

    Assert.Equal("FreqNet", classifier.Info.Network)
