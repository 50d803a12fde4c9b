namespace Mina.Model

open System
open System.Text.Json.Serialization
open Mina.Preprocess

/// The settings of using a trained rhythm level.
type RhythmSettings = {
    /// The seconds from a window's centre to the end of the minute by which it is judged, 5 .. 55, for which a verdict
    /// waits. At 5 it waits only for the window's own end.
    LookAheadSeconds: float
    /// The probability at which AF begins, and the one down to which it continues.
    OnsetProbability: float
    OffsetProbability: float
} with

    /// Whether the settings are in their ranges.
    [<JsonIgnore>]
    member s.AreValid: bool =
        let isShare p = p > 0.0 && p <= 1.0

        isShare s.OnsetProbability
        && isShare s.OffsetProbability
        && s.OffsetProbability <= s.OnsetProbability
        && s.LookAheadSeconds >= 5.0
        && s.LookAheadSeconds <= 55.0

    /// The rules that make episodes of its verdicts.
    [<JsonIgnore>]
    member s.Rules: EpisodeRules = {
        EpisodeRules.At s.OnsetProbability with
            OffsetProbability = s.OffsetProbability
    }

/// The rules of a recording's episodes.
[<RequireQualifiedAccess>]
module RhythmRules =
    // Whoever records a minute suspects AF, and false episodes do not add up over a day, so even odds are enough there.
    let private stripOnset, private stripOffset = 0.5, 0.4

    /// <summary>The rules for a recording of that length.</summary>
    /// <param name="settings">The settings for a long recording.</param>
    /// <param name="seconds">The recording's length.</param>
    [<CompiledName("For")>]
    let forRecordingOf (settings: RhythmSettings) (seconds: float) : EpisodeRules =
        let rules =
            if seconds > float Preprocessor.LongSeconds then
                settings.Rules
            else
                {
                    settings.Rules with
                        OnsetProbability = min stripOnset settings.OnsetProbability
                        OffsetProbability = min stripOffset settings.OffsetProbability
                }

        rules.ForRecordingOf seconds

/// The rhythm level's weights, and how they are used.
type RhythmModel = {
    /// The parameters, in the flat vector of `MinuteNet.layout`.
    Parameters: float[]
    Scaling: RhythmScaling
    Settings: RhythmSettings
}

/// The description of the weights, which is written beside them.
type RhythmModelInfo = {
    /// The version of the file's format.
    Format: int
    /// "MinuteNet" and its number of parameters.
    Network: string
    Parameters: int
    Settings: RhythmSettings
    /// The names of the numbers of a minute and of a window, in order.
    MinuteNames: string[]
    WindowNames: string[]
    /// The seed that it was trained with, and the SHA-256 of the model.safetensors of the network whose probabilities
    /// it learned from.
    Seed: int64
    FirstLevel: string
    /// The numbers of recordings and people that it was trained on.
    Recordings: int
    Persons: int
    /// The figures by name, cross-validated by person.
    Metrics: Collections.Generic.IReadOnlyDictionary<string, float>
}

/// Writes and reads a rhythm model: `rhythm.safetensors` and `rhythm.json`. Bytes that do not hold one raise
/// ProblemException.
[<RequireQualifiedAccess>]
module RhythmModels =
    /// The version of the format that this program writes and reads.
    let format = 1

    let private scalingNames = [ "minute.mean"; "minute.deviation"; "window.mean"; "window.deviation" ]

    /// The bytes of the weights. Numbers are stored in double precision, so that reading gives the trained weights bit
    /// for bit.
    [<CompiledName("EncodeWeights")>]
    let encodeWeights (model: RhythmModel) : byte[] =
        let tensor shape (data: float[]) : StoredTensor = {
            Shape = Array.map int64 shape
            Data = TensorData.F64 data
        }

        let mutable at = 0

        let trained = [
            for name, shape in MinuteNet.layout do
                let length = Array.reduce (*) shape
                name, tensor shape (Array.sub model.Parameters at length)
                at <- at + length
        ]

        let s = model.Scaling

        let scaling =
            [ s.MinuteMean; s.MinuteDeviation; s.WindowMean; s.WindowDeviation ]
            |> List.map2 (fun name data -> name, tensor [| data.Length |] data) scalingNames

        Safetensors.encode {
            Tensors = trained @ scaling
            Metadata = Map [ "network", "MinuteNet" ]
        }

    /// The text of rhythm.json.
    [<CompiledName("WriteInfo")>]
    let writeInfo (info: RhythmModelInfo) : string = Json.write info + "\n"

    let private refuse message = raise (ProblemException message)

    // Trained numbers are below 10. Those beyond this would overflow where they are multiplied.
    let private maxNumber = 1e6

    /// Reads the text of rhythm.json.
    [<CompiledName("ReadInfo")>]
    let readInfo (text: string) : RhythmModelInfo =
        let info: RhythmModelInfo = Json.read "rhythm.json" text

        if info.Format <> format then
            refuse $"This rhythm model has format %d{info.Format}; this version of Mina reads format %d{format}."

        if info.Network <> "MinuteNet" || info.Parameters <> MinuteNet.parameters then
            refuse
                $"This rhythm model is a %s{info.Network} of %d{info.Parameters} parameters; \
                  Mina's is a MinuteNet of %d{MinuteNet.parameters}."

        if
            info.MinuteNames <> MinuteNet.minuteNames
            || info.WindowNames <> MinuteNet.windowNames
        then
            refuse "This rhythm model reads other knowledge than this version of Mina computes: train it again."

        if not info.Settings.AreValid then
            refuse $"rhythm.json gives settings that cannot be used: %A{info.Settings}."

        info

    /// Reads the model from its two files.
    [<CompiledName("Decode")>]
    let decode (info: RhythmModelInfo) (weights: byte[]) : RhythmModel =
        let file = Safetensors.decode weights

        let numbers name (shape: int[]) =
            let stored = file[name]

            if stored.Shape <> Array.map int64 shape then
                refuse $"The rhythm model's tensor '%s{name}' has the shape %A{stored.Shape}, not %A{shape}."

            match stored.Data with
            | TensorData.F64 data when data |> Array.forall (fun value -> abs value <= maxNumber) -> data
            | TensorData.F64 _ ->
                refuse
                    $"The rhythm model's tensor '%s{name}' has numbers that are not finite, or beyond %.0f{maxNumber}."
            | _ -> refuse $"The rhythm model's tensor '%s{name}' is not in double precision."

        let minute name =
            numbers name [| RhythmKnowledge.names.Length |]

        let window name =
            numbers name [| RhythmKnowledge.windowNames.Length |]

        let positive name (deviations: float[]) =
            if Array.exists (fun deviation -> deviation <= 0.0) deviations then
                refuse $"The rhythm model's tensor '%s{name}' holds deviations that are not above 0."

            deviations

        {
            Parameters = MinuteNet.layout |> Array.collect (fun (name, shape) -> numbers name shape)
            Scaling = {
                MinuteMean = minute "minute.mean"
                MinuteDeviation = minute "minute.deviation" |> positive "minute.deviation"
                WindowMean = window "window.mean"
                WindowDeviation = window "window.deviation" |> positive "window.deviation"
            }
            Settings = info.Settings
        }
