namespace Mina.Model.Onnx

open System
open System.Globalization
open Mina.Model
open Mina.Preprocess

/// <summary>
/// A detector as ONNX graphs (operator set 17): `segment.onnx`, the network on segments as shards hold them;
/// `window.onnx`, preprocessing and network on normalised windows; `samples.onnx`, the same on samples as they were
/// recorded; `rhythm.onnx`, the rhythm level; and `recording.onnx`, the recording level. docs/onnx.md says what each
/// takes and gives.
/// </summary>
[<RequireQualifiedAccess>]
module OnnxExport =
    /// The name of the graph from segments to probabilities and attentions.
    [<Literal>]
    let SegmentName = "segment.onnx"

    /// The name of the graph from normalised windows to probabilities and attentions.
    [<Literal>]
    let WindowName = "window.onnx"

    /// The name of the graph from samples as they were recorded to the same.
    [<Literal>]
    let SamplesName = "samples.onnx"

    /// The name of the graph of the rhythm level.
    [<Literal>]
    let RhythmName = "rhythm.onnx"

    /// The name of the graph of the recording level.
    [<Literal>]
    let RecordingName = "recording.onnx"

    let private port name kind shape description : Port = {
        Name = name
        Type = kind
        Shape = shape
        Description = description
    }

    let private size n = Dimension.Size n
    let private named name = Dimension.Named name
    let private batch = named "batch"
    let private windows = named "windows"
    let private judged = named "judged"
    let private float' = ElementType.Float
    let private double' = ElementType.Double

    let private number (value: float) =
        value.ToString("R", CultureInfo.InvariantCulture)

    let private words (names: string[]) = String.Join(' ', names)

    let private metadataOf (detector: Detector) = [
        let info = detector.Info
        "created_by", info.CreatedBy
        "network", info.Network
        "weights_sha256", ModelFiles.weightsHash detector.Model
        "preprocessing", info.Fingerprint
        "fs", string info.Preprocessing.Fs
        "lead", "one ECG lead: I, II, MLII or one like them"
        "classes", "0 not AF, 1 AF"
        "threshold_paper", number detector.Thresholds.Paper
        "threshold_uniform", number detector.Thresholds.Uniform
        "threshold_recording", number detector.Thresholds.Recording
        "temperature", number info.Temperature
        "warning", "not a medical device"
    ]

    let private encode (detector: Detector) name description (g: GraphBuilder) inputs outputs metadata =
        OnnxFile.encode {
            Name = name
            Description = description
            Producer = "Mina"
            ProducerVersion =
                match typeof<Detector>.Assembly.GetName().Version with
                | null -> ""
                | version -> version.ToString 3
            Inputs = inputs
            Outputs = outputs
            Nodes = g.Nodes
            Constants = g.Constants
            Metadata = metadataOf detector @ metadata
        }

    /// Refuses a model whose network has no graph.
    let private requireExportable (detector: Detector) : unit =
        let layout = detector.Info.FindNetwork().Layout

        if not (FreqNetGraph.Fits(layout.ToTensors detector.Model.Weights)) then
            raise (
                ProblemException(
                    $"the network %s{detector.Info.Network} cannot be written as ONNX: "
                    + "only MINA's network can (FreqNet, FreqNetLabels and Wide); export a model of one of these."
                )
            )

    let private networkPorts (windows: Dimension) = [
        port "probability" float' [ windows ] "The probability of AF, 0 to 1, calibrated by the model's temperature."
        port
            "logits"
            float'
            [ windows; size 2 ]
            "The network's numbers of not AF and AF, before temperature and softmax."
        port
            "beat_attention"
            float'
            [ windows; size 4; size 60; size 10 ]
            "Shares of the positions in each sub-segment of 50 samples, which add up to 1 over the last axis; position \
             p covers the samples 2p to 2p + 31."
        port "rhythm_attention" float' [ windows; size 4; size 60 ] "Shares of the sub-segments of each channel."
        port
            "frequency_attention"
            float'
            [ windows; size 4 ]
            "Shares of the channels: original, up to 0.5 Hz, 0.5 to 50 Hz, from 50 Hz."
    ]

    /// Adds the network, and the outputs of `networkPorts`.
    let private addNetwork (detector: Detector) (g: GraphBuilder) (segments: SegmentValues) =
        let model = detector.Model
        let parameters = model.Info.FindNetwork().Layout.ToTensors model.Weights
        let network = FreqNetGraph(g, parameters).Add segments

        let logit c =
            Operators.gather g 1 network.Logits (g.Integer c)

        let margin =
            Operators.divide g (Operators.subtract g (logit 1L) (logit 0L)) (g.Float(float32 model.Info.Temperature))

        g.Output("probability", g.Node("Sigmoid", [ margin ]))
        g.Output("logits", network.Logits)
        g.Output("beat_attention", network.BeatAttention)
        g.Output("rhythm_attention", network.RhythmAttention)
        g.Output("frequency_attention", network.FrequencyAttention)

    let private segment (detector: Detector) =
        let g = GraphBuilder()
        let input name = g.Input name

        let x, kBeat, kRhythm, kFreq =
            input "x", input "k_beat", input "k_rhythm", input "k_freq"

        g.Begin "segments"
        let channelFirst order = Operators.transpose g order

        let blocks value =
            value
            |> Operators.reshape g [ 0; Shapes.Channels; Shapes.SubSegments; Shapes.SubSegment ]
            |> channelFirst [ 1; 0; 2; 3 ]

        addNetwork detector g {
            X = blocks x
            KBeat = blocks kBeat
            KRhythm = channelFirst [ 1; 0; 2 ] kRhythm
            KFreq = channelFirst [ 1; 0 ] kFreq
        }

        let port' name shape description =
            port name float' (batch :: size Shapes.Channels :: shape) description

        encode
            detector
            "segment"
            "Segments of an ECG to the probability of atrial fibrillation, and what the network looked at."
            g
            [
                port' "x" [ size Shapes.Window ] "The channels of normalised windows, as in the column x of a shard."
                port' "k_beat" [ size Shapes.Window ] "The beat knowledge, as in a shard."
                port' "k_rhythm" [ size Shapes.SubSegments ] "The rhythm knowledge, as in a shard."
                port' "k_freq" [] "The frequency knowledge, as in a shard."
            ]
            (networkPorts batch)
            []

    let private window (detector: Detector) =
        let g = GraphBuilder()

        g.Input "samples"
        |> KnowledgeGraph.ofWindows g detector.Info.Preprocessing
        |> addNetwork detector g

        let samples =
            port
                "samples"
                float'
                [ batch; size Shapes.Window ]
                "Windows of 10 s of one lead at 300 Hz, normalised with the recording's mean and standard deviation."

        encode
            detector
            "window"
            "Normalised windows of an ECG to the probability of atrial fibrillation, and what the network looked at."
            g
            [ samples ]
            (networkPorts batch)
            []

    let private samples (detector: Detector) =
        let g = GraphBuilder()
        let raw, starts = g.Input "samples", g.Input "start"

        NormaliseGraph.samples g raw
        |> NormaliseGraph.windows g starts
        |> KnowledgeGraph.ofWindows g detector.Info.Preprocessing
        |> addNetwork detector g

        encode
            detector
            "samples"
            "10 to 61 s of an ECG as it was recorded to the probability of atrial fibrillation in its windows, and \
             what the network looked at."
            g
            [
                port
                    "samples"
                    float'
                    [ named "samples" ]
                    "10 to 61 s of one lead at 300 Hz in mV or any other unit, all finite."
                port "start" ElementType.Int64 [ windows ] "The first sample of each window, 0 to samples - 3000."
            ]
            (networkPorts windows)
            []

    let private rhythm (detector: Detector) (stored: StoredRhythm) =
        let g = GraphBuilder()
        let minute, knowledge = g.Input "minute", g.Input "window_knowledge"
        let probability, start = g.Input "window_probability", g.Input "start_seconds"

        for name, value in RhythmGraph.add g stored.Model minute knowledge probability start (g.Input "judged") do
            g.Output(name, value)

        let numbers, ofWindow =
            size RhythmKnowledge.names.Length, size RhythmKnowledge.windowNames.Length

        let settings = stored.Model.Settings

        encode
            detector
            "rhythm"
            "The beats and windows of a minute to the probability of atrial fibrillation at some of its windows."
            g
            [
                port
                    "minute"
                    double'
                    [ numbers ]
                    "The knowledge of the minute's beats, NaN where it is unknown; minute_names has their names."
                port
                    "window_knowledge"
                    double'
                    [ windows; ofWindow ]
                    "The knowledge of each window's beats, NaN where it is unknown; window_names has their names."
                port
                    "window_probability"
                    double'
                    [ windows ]
                    "What window.onnx or samples.onnx says of each window; NaN where a window cannot be classified."
                port
                    "start_seconds"
                    double'
                    [ windows ]
                    "The start of each window in s, rising; the last window ends the minute."
                port "judged" ElementType.Int64 [ judged ] "The indices of the windows to judge, 0 to windows - 1."
            ] [
                port
                    "probability"
                    double'
                    [ judged ]
                    "The probability of AF, 0 to 1; NaN where it cannot be classified."
                port "logit" double' [ judged ] "The log odds of AF: attention times evidence, and the contributions."
                port "attention" double' [ judged; windows ] "Shares of the minute's windows."
                port "evidence" double' [ judged; windows ] "The log odds of AF by each window."
                port
                    "contributions"
                    double'
                    [ judged; size (MinuteNet.minuteNames.Length + 1) ]
                    "What each number of the minute adds to the log odds; the last is what they add together."
            ] [
                "minute_names", words RhythmKnowledge.names
                "window_names", words RhythmKnowledge.windowNames
                "contribution_names", words (Array.append MinuteNet.minuteNames [| "together" |])
                "look_ahead_seconds", number settings.LookAheadSeconds
                "onset_probability", number settings.OnsetProbability
                "offset_probability", number settings.OffsetProbability
            ]

    let private recording (detector: Detector) (level: RecordingLevel) =
        let g = GraphBuilder()
        let probability, seconds = g.Input "window_probability", g.Input "seconds"

        for name, value in RecordingGraph.add g level probability seconds (g.Input "rhythm") do
            g.Output(name, value)

        encode
            detector
            "recording"
            "The windows and beats of a recording of up to 61 s to the probability that it shows atrial fibrillation."
            g
            [
                port
                    "window_probability"
                    double'
                    [ windows ]
                    "What samples.onnx says of its windows; NaN where a window cannot be classified, as not all may be."
                port "seconds" double' [] "The length of the recording in s, above 0."
                port
                    "rhythm"
                    double'
                    [ size RhythmKnowledge.names.Length ]
                    "The knowledge of its beats, NaN where it is unknown; rhythm_names has their names."
            ] [
                port "probability" double' [] "The probability of AF, 0 to 1."
                port "logit" double' [] "The log odds of AF."
                port
                    "contributions"
                    double'
                    [ size RecordingKnowledge.names.Length ]
                    "What each number adds to the log odds."
            ] [
                "rhythm_names", words RhythmKnowledge.names
                "contribution_names", words RecordingKnowledge.names
                "threshold", number level.Threshold
            ]

    /// <summary>Writes a detector as ONNX.</summary>
    /// <param name="detector">The detector; its levels are written where it has them.</param>
    /// <returns>The files, each with its name and its bytes. Equal detectors give equal bytes.</returns>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The network is another than MINA's.</exception>
    [<CompiledName("Encode")>]
    let encodeAll (detector: Detector) : struct (string * byte[])[] =
        requireExportable detector

        [|
            struct (SegmentName, segment detector)
            struct (WindowName, window detector)
            struct (SamplesName, samples detector)

            match detector.Rhythm with
            | null -> ()
            | stored -> struct (RhythmName, rhythm detector stored)

            match detector.RecordingLevel with
            | null -> ()
            | level -> struct (RecordingName, recording detector level)
        |]
