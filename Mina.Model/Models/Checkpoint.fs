namespace Mina.Model

open System
open System.Text.Json
open System.Text.Json.Nodes
open System.Text.Json.Serialization
open Mina.Preprocess

/// The result of an epoch.
type EpochResult = {
    /// The epoch, counted from 1.
    Epoch: int
    Steps: int
    LearningRate: float
    /// The mean loss over the epoch's windows, with dropout and while the weights were changing.
    TrainLoss: float
    /// The mean loss over the validation windows; null where there are none.
    ValidationLoss: Nullable<float>
    /// The ROC-AUC on the validation windows; null where they are not of both classes.
    ValidationRocAuc: Nullable<float>
    ValidationWindows: int
}

/// How far a training run has come.
type Progress = {
    /// `INetwork.Name`.
    Network: string
    Recipe: Recipe
    Seed: int64
    /// `Teacher.Ids`; empty where there is no teacher.
    Teachers: string[]
    /// The number of epochs that are finished and validated.
    Epoch: int
    /// The number of batches of the next epoch that the weights have already learnt from.
    StepInEpoch: int
    /// The number of batches that the weights have learnt from, over all epochs.
    Step: int64
    /// The sum of the next epoch's losses so far, each times the number of its windows, and the number of these
    /// windows.
    LossSum: float
    LossWindows: int64
    /// The epoch of the best validation, counted from 1; 0 when no epoch is finished.
    BestEpoch: int
    History: EpochResult[]
} with

    /// Whether there is nothing left to do: all epochs are finished, or the recipe's patience is at its end.
    member this.IsFinished =
        this.Epoch >= this.Recipe.Epochs
        || (this.Recipe.Patience > 0
            && this.BestEpoch > 0
            && this.Epoch - this.BestEpoch >= this.Recipe.Patience)

/// The JSON style of this room: enums are written by name, and a text that lacks a field is not read.
module internal Json =
    let options =
        let o =
            JsonSerializerOptions(
                PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
                WriteIndented = true,
                RespectNullableAnnotations = true,
                RespectRequiredConstructorParameters = true,
                AllowDuplicateProperties = false
            )

        o.Converters.Add(JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower))
        o

    /// The text as a tree; null when it is not JSON, or a name occurs twice in an object.
    let tryParse (text: string) : JsonNode | null =
        try
            JsonNode.Parse(text, documentOptions = JsonDocumentOptions(AllowDuplicateProperties = false))
        with :? JsonException ->
            null

    /// Reads a value. ProblemException, which names `what`, when the text does not hold one.
    let read<'T when 'T: not null> (what: string) (text: string) : 'T =
        match
            (try
                JsonSerializer.Deserialize<'T>(text, options)
             with :? JsonException as e ->
                 raise (ProblemException $"The %s{what} cannot be read: %s{e.Message}"))
        with
        | null -> raise (ProblemException $"The %s{what} is empty.")
        | value -> value

    let write (value: 'T) : string =
        JsonSerializer.Serialize(value, options)

/// Recipes as JSON.
module internal RecipeJson =
    /// Adds the fields that recipes of older versions lack, with the values that held for them.
    let addMissing (recipe: JsonNode | null) =
        match recipe with
        | :? JsonObject as fields ->
            let add (name: string) (value: JsonNode) =
                if not (fields.ContainsKey name) then
                    fields[name] <- value

            add "every_af" (JsonValue.Create 1)
            add "augmented" (JsonValue.Create false)
            add "averaging" (JsonValue.Create 0.0)
            add "teacher_share" (JsonValue.Create 0.0)
            add "label_weight" (JsonValue.Create 0.0)
            add "motion_noise" (JsonValue.Create 0.0)
            add "patience" (JsonValue.Create 0)
        | _ -> ()

/// The state from which a training run continues exactly. The flat vectors have the network's layout.
type Checkpoint = {
    Progress: Progress
    Weights: float32[]
    FirstMoment: float32[]
    SecondMoment: float32[]
    /// The running mean of the weights; empty where the recipe has none.
    Average: float32[]
    /// The weights of the best epoch; empty when no epoch is finished.
    BestWeights: float32[]
} with

    static member private Format = 1

    /// The checkpoint as safetensors bytes: the vectors under PyTorch's names after `weights.`, `first.`, `second.`,
    /// `average.` and `best.`, the rest as JSON in the metadata. ProblemException when the network is not known here.
    member this.Encode() : byte[] =
        let layout = (NetworkCatalog.Find this.Progress.Network).Layout

        let under prefix flat =
            layout.ToTensors flat |> List.map (fun (name, t) -> prefix + name, t)

        Safetensors.encode {
            Tensors =
                under "weights." this.Weights
                @ under "first." this.FirstMoment
                @ under "second." this.SecondMoment
                @ (if this.Average.Length > 0 then
                       under "average." this.Average
                   else
                       [])
                @ (if this.Progress.BestEpoch > 0 then
                       under "best." this.BestWeights
                   else
                       [])
            Metadata =
                Map [
                    "mina.checkpoint", string Checkpoint.Format
                    "mina.progress", Json.write this.Progress
                ]
        }

    /// Reads the progress. Checkpoints from before there was a choice of networks are those of the shipped network.
    static member private ReadProgress(text: string) : Progress =
        match Json.tryParse text with
        | :? JsonObject as fields ->
            if not (fields.ContainsKey "network") then
                fields["network"] <- JsonValue.Create NetworkCatalog.Default.Name

            RecipeJson.addMissing fields["recipe"]
            Json.read "checkpoint's progress" (fields.ToJsonString())
        | _ -> Json.read "checkpoint's progress" text

    /// Reads a checkpoint; ProblemException when the bytes do not hold one.
    static member Decode(bytes: byte[]) : Checkpoint =
        let file = Safetensors.decode bytes

        match file.Metadata.TryFind "mina.checkpoint" with
        | None -> raise (ProblemException "This safetensors file is not a checkpoint of Mina's.")
        | Some other when other <> string Checkpoint.Format ->
            raise (
                ProblemException
                    $"This checkpoint has format %s{other}; this version of Mina reads format %d{Checkpoint.Format}."
            )
        | Some _ -> ()

        let progress =
            match file.Metadata.TryFind "mina.progress" with
            | Some text -> Checkpoint.ReadProgress text
            | None -> raise (ProblemException "This checkpoint does not say how far it has come.")

        let layout = (NetworkCatalog.Find progress.Network).Layout

        let under (prefix: string) =
            file.Tensors
            |> List.filter (fun (name, _) -> name.StartsWith(prefix, StringComparison.Ordinal))
            |> List.map (fun (name, t) -> name.Substring prefix.Length, t)
            |> layout.FromTensors

        {
            Progress = progress
            Weights = under "weights."
            FirstMoment = under "first."
            SecondMoment = under "second."
            Average =
                if progress.Recipe.Averaging > 0.0 then
                    under "average."
                else
                    [||]
            BestWeights = if progress.BestEpoch > 0 then under "best." else [||]
        }
