/// A model's two files: written, read, refused; and the classifier made of them.
module Mina.Model.Tests.ModelTests

open System
open System.Collections.Generic
open System.IO
open System.Text.Json
open System.Threading
open System.Threading.Tasks
open Mina.Model
open Mina.Model.Tests.Golden
open Mina.Preprocess
open TorchSharp
open Xunit

let private settings = PreprocessSettings.Default

let private data = {
    ManifestHash = "ab12"
    Splits = [|
        {
            Split = "train"
            Recordings = 3L
            NotAF = 20L
            AF = 10L
        }
    |]
    Fold = "2/5"
}

let private trained =
    lazy
        (let recipe = { Recipe.Hw4 with Epochs = 1 }
         let batches = Func<_, _>(fun _ -> Seq.singleton (randomBatch 1 2))

         Trainer.Run(
             network,
             recipe,
             4L,
             null,
             SingleThread.workers,
             batches,
             Func<_>(fun () -> Seq.empty),
             null,
             TrainingObserver(),
             CancellationToken.None
         ))

let private info =
    lazy
        (ModelInfo
            .FromTraining(settings, data, trained.Value)
            .WithMetrics(
                {
                    Paper = 0.4
                    Uniform = 0.5
                    Recording = 0.6
                },
                Dictionary(dict [ "validation/roc_auc", 0.9 ])
            ))

[<Fact>]
let ``model.json written and read is the same, its empty figures included`` () =
    let read = ModelInfo.FromJson(info.Value.ToJson())
    Assert.Equal(info.Value.ToJson(), read.ToJson())
    Assert.Equal<EpochResult[]>(info.Value.Epochs, read.Epochs)
    Assert.Equal(info.Value.Recipe, read.Recipe)
    Assert.Equal(settings, read.Preprocessing)

    Assert.Equal(
        {
            Paper = 0.4
            Uniform = 0.5
            Recording = 0.6
        },
        read.Thresholds
    )

    Assert.Equal(0.9, read.Metrics["validation/roc_auc"])

[<Fact>]
let ``model.json names what a reader looks for`` () =
    use json = JsonDocument.Parse(info.Value.ToJson())
    let root = json.RootElement
    Assert.Equal(115274, root.GetProperty("parameters").GetInt32())
    Assert.Equal("hw4", root.GetProperty("recipe").GetProperty("name").GetString())
    Assert.Equal("softmax_cross_entropy", root.GetProperty("recipe").GetProperty("loss").GetString())
    Assert.Equal(settings.Fingerprint, root.GetProperty("fingerprint").GetString())
    Assert.Equal(4L, root.GetProperty("seed").GetInt64())
    Assert.Equal(10L, root.GetProperty("data").GetProperty("splits").[0].GetProperty("af").GetInt64())
    Assert.Equal(JsonValueKind.Null, root.GetProperty("epochs").[0].GetProperty("validation_loss").ValueKind)

[<Theory>]
[<InlineData("", "cannot be read")>]
[<InlineData("null", "empty")>]
[<InlineData("{}", "cannot be read")>]
[<InlineData("not json", "cannot be read")>]
let ``A wrong model.json is refused in one sentence`` (text: string, says: string) =
    let e = Assert.Throws<ProblemException>(fun () -> ModelInfo.FromJson text |> ignore)
    Assert.Contains(says, e.Message)

[<Fact>]
let ``A model.json of another format, network or mixed-up settings is refused`` () =
    let refused (change: string -> string) (says: string) =
        let text = info.Value.ToJson()
        let changed = change text
        Assert.NotEqual<string>(text, changed)

        let e =
            Assert.Throws<ProblemException>(fun () -> ModelInfo.FromJson changed |> ignore)

        Assert.Contains(says, e.Message)

    refused _.Replace("\"format\": 1", "\"format\": 9") "format 9"
    refused _.Replace("115274", "7") "7 parameters"
    refused _.Replace("\"FreqNet\"", "\"ResNet\"") "There is no network 'ResNet'; the known networks are FreqNet"
    refused _.Replace("\"low_taps\": 901", "\"low_taps\": 903") "contradicts itself"

/// The weights of the untrained model and the text of its info, as they are written to files.
let private untrained () =
    let files =
        ModelFiles.encode {
            Weights = network.InitialWeights 1L
            Info = info.Value
        }

    let struct (_, bytes) = files[0]
    let struct (_, text) = files[1]
    struct (bytes, System.Text.Encoding.UTF8.GetString text)

/// The two files of the untrained model, its info changed as text.
let private changedModel (weights: byte[] -> byte[]) (change: string -> string) =
    let struct (bytes, text) = untrained ()
    Classifier.Load(weights bytes, change text)

let private refusedModel weights change (says: string) =
    let e =
        Assert.Throws<ProblemException>(fun () -> (changedModel weights change :> IDisposable).Dispose())

    Assert.Contains(says, e.Message)

/// As someone changes a model.json by hand, who takes its own hash out of it.
let private withHash (hash: string) (text: string) =
    let own = text.LastIndexOf("\"sha256\": \"", StringComparison.Ordinal)

    let text =
        text.Remove(text.LastIndexOf(',', own), text.IndexOf('\n', own) - text.LastIndexOf(',', own))

    let at = text.IndexOf("\"weights_sha256\": \"", StringComparison.Ordinal) + 19
    text.Remove(at, 64).Insert(at, hash)

/// Weights that were changed on purpose: model.json says so.
let private refusedWeights (change: byte[] -> byte[]) (says: string) =
    let mutable hash = ""

    let changed (bytes: byte[]) =
        let bytes = change bytes
        hash <- Convert.ToHexString(System.Security.Cryptography.SHA256.HashData bytes)
        bytes

    let e =
        Assert.Throws<ProblemException>(fun () -> (changedModel changed id :> IDisposable).Dispose())

    Assert.Contains("its SHA-256 differs", e.Message)
    refusedModel change (withHash hash) says

[<Fact>]
let ``Weights that model.json was not written with are refused, and so are those of a model.json without a hash`` () =
    (changedModel id id :> IDisposable).Dispose()
    refusedModel id (withHash "") "does not say which model.safetensors it belongs to"

    let flipped (bytes: byte[]) =
        bytes[bytes.Length - 1000] <- bytes[bytes.Length - 1000] ^^^ 16uy
        bytes

    refusedModel flipped id "its SHA-256 differs"

[<Fact>]
let ``A threshold or a temperature that changed in model.json is noticed, unless its own hash was taken out`` () =
    for field, other in
        [
            "\"paper\": 0.4", "\"paper\": 0.41"
            "\"temperature\": 1", "\"temperature\": 2"
        ] do
        refusedModel id _.Replace(field, other) "model.json is not as it was written (its SHA-256 differs)"

    let struct (bytes, text) = untrained ()
    let hash = ModelInfo.FromJson(text).WeightsSha256

    use changed =
        Classifier.Load(bytes, (withHash hash text).Replace("\"paper\": 0.4", "\"paper\": 0.41"))

    Assert.Equal(0.41, changed.Info.Thresholds.Paper)

[<Theory>]
[<InlineData(Single.NaN)>]
[<InlineData(Single.PositiveInfinity)>]
[<InlineData(3e38f)>]
let ``Weights that are no numbers, or too large to compute with, are refused`` (value: float32) =
    let last (bytes: byte[]) =
        BitConverter.GetBytes(value).CopyTo(bytes, bytes.Length - 4)
        bytes

    refusedWeights last "among its weights"

[<Fact>]
let ``A model.json of settings that make no segments, or with a name twice, is refused`` () =
    let strides (text: string) =
        text.Replace("\"stride_not_af\": 500", "\"stride_not_af\": 0").Replace("stride=500/50", "stride=0/50")

    refusedModel id strides "strides of 0 and 50"

    let fewTaps (text: string) =
        text.Replace("\"low_taps\": 901", "\"low_taps\": 3").Replace(":901@", ":3@")

    let shortWindow (text: string) =
        text.Replace("\"window\": 3000", "\"window\": 1000").Replace("window=3000", "window=1000")

    let twice (text: string) =
        text.Replace("\"format\": 1,", "\"format\": 1, \"format\": 1,")

    refusedModel id fewTaps "3 and 101 taps"
    refusedModel id shortWindow "1000 samples"
    refusedModel id twice "Duplicate property 'format'"

[<Fact>]
let ``A model takes segments of its own settings and refuses others, naming both`` () =
    Assert.Null(info.Value.WhyIncompatible settings.Fingerprint)
    let changed = PreprocessSettings(LowTaps = 301)
    let why = info.Value.WhyIncompatible changed.Fingerprint
    Assert.Contains(settings.Fingerprint, why)
    Assert.Contains(changed.Fingerprint, why)

[<Fact>]
let ``A threshold outside 0 to 1 is refused`` () =
    for t in [ 0.0; 1.0; -1.0; nan ] do
        Assert.Throws<ArgumentException>(fun () ->
            info.Value.WithMetrics(
                {
                    ViewThresholds.Same 0.5 with
                        Uniform = t
                },
                Dictionary()
            )
            |> ignore)
        |> ignore

let private classifier () =
    let files =
        ModelFiles.encode {
            Weights = trained.Value.Weights
            Info = info.Value
        }

    let struct (_, weights) = files[0]
    let struct (_, text) = files[1]
    Classifier.Load(weights, System.Text.Encoding.UTF8.GetString text)

[<Fact>]
let ``A classifier loaded from its files says what the literal network says`` () =
    use _ = torch.NewDisposeScope()
    use classifier = classifier ()
    use net = literal trained.Value.Weights
    let batch = randomBatch 9 3
    let expected = net.forward (inputs batch)
    let actual = classifier.Explain batch
    close "probability" (numbers (expected.Probabilities.select (1L, 1L))) actual.Probability
    close "gamma" (numbers expected.Gamma) actual.Gamma

    for c in 0..3 do
        close "alpha" (numbers expected.Alpha[c]) actual.Alpha[c]
        close "beta" (numbers expected.Beta[c]) actual.Beta[c]

    Assert.Equal<float32[]>(actual.Probability, classifier.Predict batch)

[<Fact>]
let ``A segment's probability does not depend on its company in the batch or on spare room in it`` () =
    use classifier = classifier ()
    let all = randomBatch 9 5
    let together = classifier.Predict all

    for row in 0..4 do
        let alone = SegmentBatch(3, Count = 1)

        let cut (from: float32[]) length =
            Array.init (4 * length) (fun i -> from[((i / length) * 5 + row) * length + i % length])

        alone.Set(0, cut all.X 3000, cut all.KBeat 3000, cut all.KRhythm 60, cut all.KFreq 1)
        Assert.Equal(together[row], (classifier.Predict alone)[0], 1e-5f)

[<Fact>]
let ``An empty batch gives no probabilities`` () =
    use classifier = classifier ()
    Assert.Empty(classifier.Predict(SegmentBatch(1, Count = 0)))
    Assert.Empty((classifier.Explain(SegmentBatch(1, Count = 0))).Gamma)

[<Fact>]
let ``Many threads may classify with one classifier at once`` () =
    use classifier = classifier ()
    let batches = Array.init 8 (fun i -> randomBatch i 2)
    let expected = batches |> Array.map classifier.Predict
    let actual = Array.zeroCreate<float32[]> 8

    Parallel.For(0, 8, (fun i -> actual[i] <- classifier.Predict batches[i]))
    |> ignore

    for i in 0..7 do
        close "probability" expected[i] actual[i]

[<Fact>]
let ``Weights of another network are refused with the parameter's name`` () =
    let tensors = parameters.ToTensors trained.Value.Weights

    let refused tensors (says: string) =
        let e =
            Assert.Throws<ProblemException>(fun () -> parameters.FromTensors tensors |> ignore)

        Assert.Contains(says, e.Message)

    refused (List.tail tensors) (fst tensors.Head)
    refused (("fc2.weight", snd tensors.Head) :: tensors) "fc2.weight"

    refused
        (tensors
         |> List.map (fun (n, t) ->
             n,
             if n = "fc.bias" then
                 { Shape = [| 1L; 2L |]; Data = t.Data }
             else
                 t))
        "fc.bias"

[<Fact>]
let ``A model.json of before there were temperatures has temperature 1`` () =
    let text = info.Value.ToJson()

    let older =
        text.Split '\n'
        |> Array.filter (fun line -> not (line.Contains "\"temperature\""))
        |> String.concat "\n"

    Assert.NotEqual<string>(text, older)
    Assert.Equal(1.0, (ModelInfo.FromJson older).Temperature)

[<Fact>]
let ``A temperature that is not positive is refused, when set and when read`` () =
    Assert.Throws<ArgumentException>(fun () -> info.Value.WithTemperature 0.0 |> ignore)
    |> ignore

    let wrong =
        (info.Value.ToJson()).Replace("\"temperature\": 1", "\"temperature\": -1")

    let e =
        Assert.Throws<ProblemException>(fun () -> ModelInfo.FromJson wrong |> ignore)

    Assert.Contains("temperature", e.Message)

[<Fact>]
let ``A classifier's probability is its margin at the model's temperature`` () =
    let batch = randomBatch 5 3

    for temperature in [ 1.0; 2.5 ] do
        use classifier =
            Classifier.FromWeights(trained.Value.Weights, info.Value.WithTemperature temperature)

        let margins = classifier.Margins batch
        let probabilities = classifier.Predict batch
        let explained = classifier.Explain batch
        Assert.Equal<float32[]>(probabilities, explained.Probability)

        for row in 0 .. batch.Count - 1 do
            Assert.Equal(Temperature.probability temperature (float margins[row]), float probabilities[row], 5)
