namespace Mina.Model

open System
open System.Collections.Generic
open System.Security.Cryptography
open System.Text.Json
open System.Text.Json.Nodes
open System.Text.Json.Serialization
open Mina.Preprocess

/// The number of windows of one split.
type SplitCount = {
    /// The name of the split: train, validation or test.
    Split: string
    Recordings: int64
    NotAF: int64
    AF: int64
}

/// The data that a model was trained on.
type TrainingData = {
    /// The SHA-256 of the shards' manifest in hexadecimal. Equal hashes mean shards with equal bytes.
    ManifestHash: string
    Splits: SplitCount[]
    /// The part of the training recordings that was left out, such as "2/5" (`Fold`); empty where none was.
    Fold: string
}

/// Prepares the text of `model.json` for reading.
module private ModelJson =
    /// Adds the fields that older files lack, with the values that held for them.
    let withDefaults (text: string) : string =
        let add (fields: JsonObject) (name: string) (value: JsonNode | null) =
            if not (fields.ContainsKey name) then
                fields[name] <- value

        match Json.tryParse text with
        | :? JsonObject as fields ->
            add fields "temperature" (JsonValue.Create 1.0)
            add fields "weights_sha256" (JsonValue.Create "")
            add fields "teachers" (JsonArray())

            let all = JsonObject()

            for view in [ "paper"; "uniform"; "recording" ] do
                all[view] <- JsonValue.Create 0.5

            add fields "thresholds" all

            match fields["data"] with
            | :? JsonObject as data -> add data "fold" (JsonValue.Create "")
            | _ -> ()

            RecipeJson.addMissing fields["recipe"]
            fields.ToJsonString()
        | _ -> text

/// The readable half of a model, `model.json`, which lies beside its weights in `model.safetensors`.
type ModelInfo = {
    /// The version of the file's format.
    Format: int
    /// The program that wrote it, such as "Mina 0.1.0".
    CreatedBy: string
    /// `INetwork.Name`, which chooses the network; "FreqNet" is the shipped one.
    Network: string
    /// The number of the network's parameters.
    Parameters: int
    /// `PreprocessSettings.Fingerprint` of the segments it was trained on, and the settings themselves.
    Fingerprint: string
    Preprocessing: PreprocessSettings
    Recipe: Recipe
    Seed: int64
    /// The SHA-256 of the model.safetensors of each model that it learned from; empty for most models.
    Teachers: string[]
    Data: TrainingData
    /// The results of the epochs, in order.
    Epochs: EpochResult[]
    /// The epoch that the weights come from, counted from 1.
    SelectedEpoch: int
    /// The probabilities from which on windows and recordings are judged AF.
    Thresholds: ViewThresholds
    /// Logits are divided by this number before the softmax; 1 leaves them as trained.
    Temperature: float
    /// Figures by name, such as "validation/uniform/roc_auc"; it may be empty.
    Metrics: IReadOnlyDictionary<string, float>
    /// SHA-256 of the model.safetensors that was written with this file, in lower-case hexadecimal; empty while the
    /// model is in memory, and in files of earlier versions, which are refused.
    [<JsonPropertyName "weights_sha256">]
    WeightsSha256: string
} with

    /// The format that this version writes and reads.
    static member CurrentFormat = 1

    /// Creates the info of a run's result, with thresholds of 0.5 and without metrics.
    static member FromTraining(settings: PreprocessSettings, data: TrainingData, result: TrainResult) : ModelInfo =
        let progress = result.Checkpoint.Progress

        {
            Format = ModelInfo.CurrentFormat
            CreatedBy =
                match typeof<TrainingData>.Assembly.GetName().Version with
                | null -> "Mina"
                | v -> $"Mina %s{v.ToString 3}"
            Network = progress.Network
            Parameters = result.Weights.Length
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
            WeightsSha256 = ""
        }

    /// The info with other thresholds and metrics. ArgumentException when a threshold does not lie between 0 and 1.
    member this.WithMetrics(thresholds: ViewThresholds, metrics: IReadOnlyDictionary<string, float>) : ModelInfo =
        if not (thresholds.AreValid()) then
            invalidArg (nameof thresholds) $"Thresholds lie between 0 and 1, which one of %A{thresholds} does not."

        {
            this with
                Thresholds = thresholds
                Metrics = metrics
        }

    /// The info with another temperature. ArgumentException when it is not positive.
    member this.WithTemperature(temperature: float) : ModelInfo =
        if not (temperature > 0.0 && Double.IsFinite temperature) then
            invalidArg (nameof temperature) $"A temperature is positive, which %g{temperature} is not."

        { this with Temperature = temperature }

    /// The text of model.json.
    member this.ToJson() : string = Json.write this + "\n"

    /// Reads the text of a model.json. ProblemException when it is damaged, has another format, names a network that
    /// is not known, or is not as it was written.
    static member FromJson(text: string) : ModelInfo =
        let info: ModelInfo = text |> ModelJson.withDefaults |> Json.read "model.json"

        let refuse message = raise (ProblemException message)

        if info.Format <> ModelInfo.CurrentFormat then
            refuse
                $"This model has format %d{info.Format}; this version of Mina reads format %d{ModelInfo.CurrentFormat}."

        let network = NetworkCatalog.Find info.Network

        if info.Parameters <> network.Layout.Count then
            refuse (
                $"This model is a %s{info.Network} of %d{info.Parameters} parameters; "
                + $"%s{network.Name} has %d{network.Layout.Count}."
            )

        if not (info.Temperature > 0.0 && Double.IsFinite info.Temperature) then
            refuse $"model.json gives the temperature %g{info.Temperature}, which is not positive."

        if not (info.Thresholds.AreValid()) then
            refuse $"model.json gives thresholds that do not lie between 0 and 1: %A{info.Thresholds}."

        match info.Preprocessing.FindFault() with
        | null -> ()
        | fault -> refuse $"model.json cannot be used: its preprocessing settings %s{fault}."

        if info.Preprocessing.Fingerprint <> info.Fingerprint then
            refuse (
                "model.json contradicts itself: its preprocessing settings are "
                + $"'%s{info.Preprocessing.Fingerprint}' and its fingerprint is '%s{info.Fingerprint}'."
            )

        // The hash of the weights does not cover the thresholds and the temperature, which verdicts depend on as much.
        SealedJson.check "model.json" text
        info

    /// The reason, in one sentence, why the model cannot be used on segments of that fingerprint; null when it can.
    member this.WhyIncompatible(fingerprint: string) : string | null =
        if String.Equals(this.Fingerprint, fingerprint, StringComparison.Ordinal) then
            null
        else
            $"The model was trained on segments made with '%s{this.Fingerprint}', "
            + $"but these were made with '%s{fingerprint}': "
            + "ingest again with the model's settings, or train on these shards."

    /// The network that `Network` names.
    member this.FindNetwork() : INetwork = NetworkCatalog.Find this.Network

    /// The weights that these bytes of a model.safetensors hold. ProblemException when they are not those that this
    /// file was written with, not the network's, or not all usable numbers.
    member this.DecodeWeights(bytes: byte[]) : float32[] =
        let refuse message = raise (ProblemException message)
        let hash = SHA256.HashData bytes |> Convert.ToHexStringLower

        let remedy =
            "restore both from one training, or write what 'sha256sum model.safetensors' prints into model.json as "
            + "weights_sha256 if you changed the weights yourself."

        if this.WeightsSha256 = "" then
            refuse
                $"model.json does not say which model.safetensors it belongs to (it has no weights_sha256): %s{remedy}"

        if not (String.Equals(this.WeightsSha256, hash, StringComparison.OrdinalIgnoreCase)) then
            refuse
                $"model.safetensors is not the file that model.json was written with (its SHA-256 differs): %s{remedy}"

        let weights = this.FindNetwork().Layout.Decode bytes

        // A trained weight is below 10; one beyond this would overflow, and a window would have no probability.
        match weights |> Array.tryFindIndex (fun weight -> not (abs weight <= 1e6f)) with
        | Some at -> refuse $"model.safetensors holds %g{weights[at]} among its weights: train the model again."
        | None -> weights
