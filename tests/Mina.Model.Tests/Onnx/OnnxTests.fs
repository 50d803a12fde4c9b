/// The exported graphs in ONNX Runtime against Mina's own engine, to 1e-5.
module Mina.Model.Tests.OnnxTests

open System
open System.IO.Compression
open System.Runtime.InteropServices
open FsCheck.FSharp
open FsCheck.Xunit
open Microsoft.ML.OnnxRuntime
open Mina.Model
open Mina.Model.Onnx
open Mina.Model.Tests.OnnxRuntime
open Mina.Model.Tests.Samples
open Mina.Preprocess
open Xunit

let private window = lazy session (shipped OnnxExport.WindowName)
let private samples = lazy session (shipped OnnxExport.SamplesName)

/// The batch that Mina makes of normalised windows.
let private batchOf (windows: float32[][]) =
    let preprocessor = Preprocessor PreprocessSettings.Default
    let rows = Segments()
    rows.Resize windows.Length
    let batch = SegmentBatch(windows.Length, Count = windows.Length)

    for i in 0 .. windows.Length - 1 do
        preprocessor.Segment(ReadOnlySpan windows[i], rows, i)
        batch.Set(i, rows, i)

    batch

let private wide = Array.map float

/// (B, n) of each channel as (B, 4, n).
let private byWindow (count: int) (channels: float32[][]) =
    let n = channels[0].Length / count

    [|
        for i in 0 .. count - 1 do
            for channel in channels do
                yield! Array.sub channel (i * n) n
    |]

let private checkNetwork (explanation: Explanation) (said: Outputs) =
    let count = explanation.Probability.Length
    equal "probability" (wide explanation.Probability) (wide (said.Floats "probability"))
    equal "beat_attention" (wide (byWindow count explanation.Alpha)) (wide (said.Floats "beat_attention"))
    equal "rhythm_attention" (wide (byWindow count explanation.Beta)) (wide (said.Floats "rhythm_attention"))
    equal "frequency_attention" (wide explanation.Gamma) (wide (said.Floats "frequency_attention"))

let private checkWindows (session: InferenceSession) (classifier: Classifier) (windows: float32[][]) =
    let batch = batchOf windows

    use said =
        run session [ "samples", floats (Array.concat windows) [ windows.Length; Shapes.Window ] ]

    checkNetwork (classifier.Explain batch) said
    equal "logits" (wide (classifier.Logits batch)) (wide (said.Floats "logits"))

let private normalised (trace: float32[]) =
    let struct (mean, deviation) = Quality.Statistics(ReadOnlySpan trace)
    trace |> Array.map (fun v -> float32 ((float v - mean) / deviation))

/// Windows of made-up ECGs, with and without AF.
let private ecgWindows count seed =
    Array.init count (fun i -> normalised (ecg 10.0 (i % 2 = 0) (seed + i)))

[<Theory>]
[<InlineData 1>]
[<InlineData 7>]
[<InlineData 130>]
let ``a batch of made-up ECGs gets Mina's probabilities and attentions`` count =
    checkWindows window.Value Detector.Shipped.Classifier (ecgWindows count 17)

[<Theory>]
[<InlineData 1>]
[<InlineData 7>]
let ``segments as shards hold them get Mina's probabilities and attentions`` count =
    let batch = Golden.randomBatch 4 count
    use session = session (shipped OnnxExport.SegmentName)
    let rows = byWindow count
    let channels (values: float32[]) = values |> Array.splitInto 4 |> rows

    use said =
        run session [
            "x", floats (channels batch.X) [ count; 4; Shapes.Window ]
            "k_beat", floats (channels batch.KBeat) [ count; 4; Shapes.Window ]
            "k_rhythm", floats (channels batch.KRhythm) [ count; 4; Shapes.SubSegments ]
            "k_freq", floats (channels batch.KFreq) [ count; 4 ]
        ]

    checkNetwork (Detector.Shipped.Classifier.Explain batch) said

[<SkippableFact>]
let ``real windows get Mina's probabilities and attentions`` () =
    let batch =
        Golden.batch (Golden.read (Golden.shared "golden/freqnet_io.safetensors"))

    Array.init batch.Count (fun i -> Array.sub batch.X (i * Shapes.Window) Shapes.Window)
    |> checkWindows window.Value Detector.Shipped.Classifier

[<Property(MaxTest = 25)>]
let ``any window gets Mina's probabilities and attentions, whatever it holds`` () =
    let inputs =
        Gen.zip3 (Gen.choose (1, 3)) (Gen.choose (0, 100000)) (Gen.elements [ 0.0; 0.01; 0.3; 3.0 ])

    Prop.forAll (Arb.fromGen inputs) (fun (count, seed, noise) ->
        let random = Random seed
        let spike = random.Next Shapes.Window

        ecgWindows count seed
        |> Array.map (fun trace ->
            let wander = 3.0 * random.NextDouble()

            trace
            |> Array.mapi (fun t v ->
                float v
                + wander * sin (float t / 700.0)
                + noise * (random.NextDouble() - 0.5)
                + (if t = spike then 20.0 * noise else 0.0)
                |> float32)
            |> normalised)
        |> checkWindows window.Value Detector.Shipped.Classifier)

/// Compares the graph of a whole recording with what Mina makes of it to classify it.
let private checkRecording (trace: float32[]) =
    let rows = Segments()

    let rejection =
        Preprocessor(PreprocessSettings.Default).RunWithoutArtefact(Recording("r", 300.0, trace), rows)

    Assert.Null rejection
    let batch = SegmentBatch(rows.Count, Count = rows.Count)

    for row in 0 .. rows.Count - 1 do
        batch.Set(row, rows, row)

    let starts = Array.init rows.Count (fun row -> int64 rows.Start[row])

    use said =
        run samples.Value [ "samples", floats trace [ trace.Length ]; "start", integers starts ]

    checkNetwork (Detector.Shipped.Classifier.Explain batch) said

[<Theory>]
[<InlineData 10.0>]
[<InlineData 19.99>]
[<InlineData 30.01>]
[<InlineData 61.0>]
let ``samples in any unit are normalised as Mina does`` seconds =
    ecg seconds true 5
    |> Array.map (fun v -> 800.0f * v + 1234.0f)
    |> checkRecording

[<Theory>]
[<InlineData(30.0, 4.0, 9.0)>]
[<InlineData(44.0, 20.0, 31.0)>]
[<InlineData(60.0, 0.0, 8.0)>]
let ``artefact has no part in the normalisation of samples`` (seconds: float, from: float, until: float) =
    let random = Random 3

    ecg seconds false 9
    |> Array.mapi (fun t v ->
        let s = float t / 300.0

        if s >= from && s < until then
            v + float32 (20.0 * (random.NextDouble() - 0.5))
        else
            v)
    |> checkRecording

[<Fact>]
let ``a block that is flat does not count among the blocks of a recording`` () =
    ecg 40.0 true 4
    |> Array.mapi (fun t v -> if t < 6000 then 0.25f else v)
    |> checkRecording

[<SkippableFact>]
let ``real recordings as they were made get Mina's probabilities and attentions`` () =
    let path = Golden.shared "cinc2017/training2017.zip"
    Skip.IfNot(IO.File.Exists path, $"needs {path}, which is not here")
    use zip = ZipFile.OpenRead path

    let entries =
        zip.Entries
        |> Seq.filter (fun entry -> entry.Name.EndsWith ".mat")
        |> Seq.take 40

    for entry in entries do
        use stream = entry.Open()
        use bytes = new IO.MemoryStream()
        stream.CopyTo bytes
        // 24 bytes of a header, and then the samples.
        let trace =
            MemoryMarshal.Cast<byte, int16>(ReadOnlySpan(bytes.ToArray(), 24, int bytes.Length - 24)).ToArray()

        if trace.Length >= Shapes.Window then
            checkRecording (Array.map float32 trace)

[<Fact>]
let ``a live window gets Mina's probability from the trailing minute`` () =
    let trace = ecg 75.0 true 12
    let rows = Segments()
    rows.Resize 1

    for end' in [ 3000; 3500; 17500; 18000; 20000; 22500 ] do
        Assert.True(Preprocessor(PreprocessSettings.Default).LiveWindow(ReadOnlySpan trace, end', rows, 0))
        let batch = SegmentBatch(1, Count = 1)
        batch.Set(0, rows, 0)
        let trailing = trace[max 0 (end' - 18000) .. end' - 1]

        use said =
            run samples.Value [
                "samples", floats trailing [ trailing.Length ]
                "start", integers [| int64 (trailing.Length - Shapes.Window) |]
            ]

        equal "probability" (wide (Detector.Shipped.Classifier.Predict batch)) (wide (said.Floats "probability"))

[<Theory>]
[<InlineData "FreqNetLabels">]
[<InlineData "Wide">]
let ``the other networks of MINA's kind get Mina's probabilities and attentions`` name =
    Golden.knowTorch.Force()
    let network = NetworkCatalog.Find name
    let weights = network.InitialWeights 3L

    let detector =
        Detector {
            Weights = weights
            Info = {
                (untrained 0.5).Info with
                    Network = name
                    Parameters = weights.Length
                    Temperature = 1.7
            }
        }

    let files = OnnxExport.encodeAll detector

    Assert.Equal<string>(
        [ OnnxExport.SegmentName; OnnxExport.WindowName; OnnxExport.SamplesName ],
        files |> Seq.map (fun (struct (name, _)) -> name)
    )

    use session = session (graphOf detector OnnxExport.WindowName)
    checkWindows session detector.Classifier (ecgWindows 3 8)

[<Fact>]
let ``other filters are written as they are`` () =
    let settings =
        PreprocessSettings(LowTaps = 301, LowCutHz = 1.0, HighTaps = 31, HighCutHz = 40.0)

    let detector =
        Detector {
            untrained 0.5 with
                Info = {
                    (untrained 0.5).Info with
                        Preprocessing = settings
                        Fingerprint = settings.Fingerprint
                }
        }

    use session = session (graphOf detector OnnxExport.WindowName)
    let trace = normalised (ecg 10.0 true 3)
    let rows = Segments()
    rows.Resize 1
    Preprocessor(settings).Segment(ReadOnlySpan trace, rows, 0)
    let batch = SegmentBatch(1, Count = 1)
    batch.Set(0, rows, 0)
    use said = run session [ "samples", floats trace [ 1; Shapes.Window ] ]
    checkNetwork (detector.Classifier.Explain batch) said

[<Fact>]
let ``a network of another kind is refused in a sentence`` () =
    Golden.knowTorch.Force()
    let weights = (NetworkCatalog.Find "ConvNet").InitialWeights 1L

    let detector =
        Detector {
            Weights = weights
            Info = {
                (untrained 0.5).Info with
                    Network = "ConvNet"
                    Parameters = weights.Length
            }
        }

    let e =
        Assert.Throws<ProblemException>(fun () -> OnnxExport.encodeAll detector |> ignore)

    Assert.Equal(
        "the network ConvNet cannot be written as ONNX: only MINA's network can (FreqNet, FreqNetLabels and Wide); \
         export a model of one of these.",
        e.Message
    )

[<Fact>]
let ``a graph says what it was made of`` () =
    use session = session (shipped OnnxExport.WindowName)
    let metadata = session.ModelMetadata.CustomMetadataMap
    Assert.Equal(ModelFiles.weightsHash Detector.Shipped.Model, metadata["weights_sha256"])
    Assert.Equal("300", metadata["fs"])
    Assert.Equal(Detector.Shipped.Thresholds.Uniform, float metadata["threshold_uniform"])
    Assert.Equal(Detector.Shipped.Info.Fingerprint, metadata["preprocessing"])
    Assert.Equal<int64>([| -1L; 4L; 60L; 10L |], session.OutputMetadata["beat_attention"].Dimensions |> Array.map int64)

[<Fact>]
let ``the same detector gives the same bytes`` () =
    Assert.Equal<struct (string * byte[])>(OnnxExport.encodeAll Detector.Shipped, OnnxExport.encodeAll Detector.Shipped)
