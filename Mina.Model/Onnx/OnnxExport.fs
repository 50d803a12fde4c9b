namespace Mina.Model.Onnx

open Mina.Model
open Mina.Model.Onnx.DetectorGraph
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

    let private samples (detector: Detector) (fs: float) =
        let g = GraphBuilder()
        let raw, starts = g.Input "samples", g.Input "start"

        let resampled =
            if fs = float Shapes.Fs then
                raw
            else
                ResampleGraph.samples g fs raw

        NormaliseGraph.samples g resampled
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
                    $"10 to 61 s of one lead at %s{number fs} Hz in mV or any other unit, all finite."
                port
                    "start"
                    ElementType.Int64
                    [ windows ]
                    "The first sample of each window, counted at 300 Hz, 0 to their number at 300 Hz - 3000."
            ]
            (networkPorts windows)
            [ "fs_of_samples", number fs ]

    /// <summary>Writes a detector as ONNX.</summary>
    /// <param name="detector">The detector; its levels are written where it has them.</param>
    /// <param name="fs">The sampling frequency in Hz of the samples that `samples.onnx` takes, 50 to 10,000.</param>
    /// <returns>The files, each with its name and its bytes. Equal detectors give equal bytes.</returns>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The network is another than MINA's, or nothing can
    /// be resampled from that frequency.</exception>
    [<CompiledName("Encode")>]
    let encodeAll (detector: Detector) (fs: float) : struct (string * byte[])[] =
        requireExportable detector

        [|
            struct (SegmentName, segment detector)
            struct (WindowName, window detector)
            struct (SamplesName, samples detector fs)

            match detector.Rhythm with
            | null -> ()
            | stored -> struct (RhythmName, LevelExport.rhythm detector stored)

            match detector.RecordingLevel with
            | null -> ()
            | level -> struct (RecordingName, LevelExport.recording detector level)
        |]
