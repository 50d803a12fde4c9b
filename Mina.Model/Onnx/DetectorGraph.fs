namespace Mina.Model.Onnx

open System
open System.Globalization
open Mina.Model

/// What the graphs of a detector have in common: how their inputs and outputs are described, and their metadata.
module internal DetectorGraph =
    let port name kind shape description : Port = {
        Name = name
        Type = kind
        Shape = shape
        Description = description
    }

    let size n = Dimension.Size n
    let named name = Dimension.Named name
    let batch = named "batch"
    let windows = named "windows"
    let float' = ElementType.Float
    let double' = ElementType.Double

    let number (value: float) =
        value.ToString("R", CultureInfo.InvariantCulture)

    /// Names in order, apart by spaces.
    let words (names: string[]) = String.Join(' ', names)

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

    /// The file of a graph, with the detector's metadata and more.
    let encode (detector: Detector) name description (g: GraphBuilder) inputs outputs metadata =
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
