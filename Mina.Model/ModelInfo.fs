namespace Mina.Model

open System
open System.Collections.Generic
open System.IO
open System.Text.Json
open System.Text.Json.Nodes
open Mina.Preprocess

/// Windows of one split.
type SplitCount = {
    /// train, validation or test.
    Split: string
    Recordings: int64
    NotAF: int64
    AF: int64
}

/// What a model was trained on.
type TrainingData = {
    /// SHA-256 of the shards' manifest, in hexadecimal: the same hash, the same bytes.
    ManifestHash: string
    Splits: SplitCount[]
}

/// The readable half of a model, `model.json`, beside its weights in `model.safetensors`.
type ModelInfo = {
    /// Format of this file.
    Format: int
    /// The program that made it: "Mina 0.1.0".
    CreatedBy: string
    /// "FreqNet".
    Network: string
    /// Numbers in the weights.
    Parameters: int
    /// `PreprocessSettings.Fingerprint` of the segments it was trained on, and the settings themselves.
    Fingerprint: string
    Preprocessing: PreprocessSettings
    Recipe: Recipe
    Seed: int64
    /// SHA-256 of the model.safetensors of the models it learned from; mostly empty.
    Teachers: string[]
    Data: TrainingData
    /// Epochs run, in order.
    Epochs: EpochResult[]
    /// The epoch whose weights these are, from 1.
    SelectedEpoch: int
    /// From which probability on AF is said.
    Thresholds: ViewThresholds
    /// Logits are divided by this before the softmax; 1: as trained.
    Temperature: float
    /// Figures by name ("validation/uniform/roc_auc", ...); may be empty.
    Metrics: IReadOnlyDictionary<string, float>
}

/// Makes, writes, reads and checks `model.json`.
[<RequireQualifiedAccess>]
module ModelInfo =
    /// What this version writes and reads.
    let format = 1

    let private network = "FreqNet"

    /// "Mina" and the version of this library.
    let private createdBy =
        match typeof<ModelInfo>.Assembly.GetName().Version with
        | null -> "Mina"
        | v -> $"Mina %s{v.ToString 3}"

    /// The info of what a run came to, at thresholds of 0.5 and without metrics.
    let ofTraining (settings: PreprocessSettings) (data: TrainingData) (result: TrainResult) : ModelInfo =
        let progress = result.Checkpoint.Progress

        {
            Format = format
            CreatedBy = createdBy
            Network = network
            Parameters = Parameters.count
            Fingerprint = settings.Fingerprint
            Preprocessing = settings
            Recipe = progress.Recipe
            Seed = progress.Seed
            Teachers = progress.Teachers
            Data = data
            Epochs = progress.History
            SelectedEpoch = result.SelectedEpoch
            Thresholds = ViewThresholds.Same 0.5
            Temperature = 1.0
            Metrics = Dictionary<string, float>()
        }

    /// The info with other thresholds (valid, else ArgumentException) and these metrics; for C#, which lacks F#'s `with`.
    let withMetrics
        (thresholds: ViewThresholds)
        (metrics: IReadOnlyDictionary<string, float>)
        (info: ModelInfo)
        : ModelInfo =
        if not (thresholds.AreValid()) then
            invalidArg (nameof thresholds) $"Thresholds lie between 0 and 1, which one of %A{thresholds} does not."

        {
            info with
                Thresholds = thresholds
                Metrics = metrics
        }

    /// The info with another temperature (positive, else ArgumentException).
    let withTemperature (temperature: float) (info: ModelInfo) : ModelInfo =
        if not (temperature > 0.0 && Double.IsFinite temperature) then
            invalidArg (nameof temperature) $"A temperature is positive, which %g{temperature} is not."

        { info with Temperature = temperature }

    /// What files of before there was such a field mean by lacking it.
    let private withDefaults (text: string) : string =
        let add (fields: JsonObject) (name: string) (value: JsonNode) =
            if not (fields.ContainsKey name) then
                fields[name] <- value

        match
            (try
                JsonNode.Parse text
             with :? JsonException ->
                 null)
        with
        | :? JsonObject as fields ->
            add fields "temperature" (JsonValue.Create 1.0)
            add fields "teachers" (JsonArray())

            let all = JsonObject()

            for view in [ "paper"; "uniform"; "recording" ] do
                all[view] <- JsonValue.Create 0.5

            add fields "thresholds" all

            match fields["recipe"] with
            | :? JsonObject as recipe ->
                add recipe "every_af" (JsonValue.Create 1)
                add recipe "augmented" (JsonValue.Create false)
                add recipe "averaging" (JsonValue.Create 0.0)
                add recipe "teacher_share" (JsonValue.Create 0.0)
            | _ -> ()

            fields.ToJsonString()
        | _ -> text

    /// The text of model.json.
    let write (info: ModelInfo) : string = Json.write info + "\n"

    /// The info of a model.json; ProblemException when it is none, or of another format or network.
    let read (text: string) : ModelInfo =
        let info: ModelInfo = text |> withDefaults |> Json.read "model.json"

        let refuse message = raise (ProblemException message)

        if info.Format <> format then
            refuse $"This model has format %d{info.Format}; this version of Mina reads format %d{format}."

        if info.Network <> network || info.Parameters <> Parameters.count then
            refuse
                $"This model is a %s{info.Network} of %d{info.Parameters} parameters; Mina's is a %s{network} of %d{Parameters.count}."

        if not (info.Temperature > 0.0 && Double.IsFinite info.Temperature) then
            refuse $"model.json gives the temperature %g{info.Temperature}, which is not positive."

        if not (info.Thresholds.AreValid()) then
            refuse $"model.json gives thresholds that do not lie between 0 and 1: %A{info.Thresholds}."

        if info.Preprocessing.Fingerprint <> info.Fingerprint then
            refuse
                $"model.json contradicts itself: its preprocessing settings are '%s{info.Preprocessing.Fingerprint}' and its fingerprint is '%s{info.Fingerprint}'."

        info

    /// Null when the model can be used on segments of that fingerprint; else why not, in one sentence.
    let checkCompatible (fingerprint: string) (info: ModelInfo) : string | null =
        if String.Equals(info.Fingerprint, fingerprint, StringComparison.Ordinal) then
            null
        else
            $"The model was trained on segments made with '%s{info.Fingerprint}', but these were made with '%s{fingerprint}': ingest again with the model's settings, or train on these shards."
