namespace Mina.Model

open System
open System.Text.Json
open System.Text.Json.Nodes
open System.Text.Json.Serialization
open Mina.Preprocess

/// The result of an epoch.
type EpochResult = {
    /// From 1.
    Epoch: int
    Steps: int
    LearningRate: float
    /// Mean over the epoch's windows, while the weights were changing and with dropout.
    TrainLoss: float
    /// Mean over the validation windows; null where there are none.
    ValidationLoss: Nullable<float>
    /// Null where the validation windows are not of both classes.
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
    /// Epochs finished, with their validation.
    Epoch: int
    /// How many batches of the next epoch the weights have learnt already.
    StepInEpoch: int
    /// How many batches the weights have learnt, over all epochs.
    Step: int64
    /// Sum of the next epoch's losses so far, each times its windows, and those windows.
    LossSum: float
    LossWindows: int64
    /// The epoch that validated best, from 1; 0: none yet.
    BestEpoch: int
    History: EpochResult[]
}

/// How this room writes JSON: enums by name, every field there or it is not read.
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

    /// The text as a tree; null when it is no JSON, or names something twice.
    let tryParse (text: string) : JsonNode | null =
        try
            JsonNode.Parse(text, documentOptions = JsonDocumentOptions(AllowDuplicateProperties = false))
        with :? JsonException ->
            null

    /// ProblemException, naming `what`, when the text is not that value.
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

/// Everything that training needs to continue exactly, as a value; the flat vectors have the network's layout.
type Checkpoint = {
    Progress: Progress
    Weights: float32[]
    FirstMoment: float32[]
    SecondMoment: float32[]
    /// The running mean of the weights; empty where the recipe has none.
    Average: float32[]
    /// Those of the best epoch; empty where there is none yet.
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

    /// The progress that this JSON holds; checkpoints made before there was a choice of networks are the shipped
    /// network's.
    static member private ReadProgress(text: string) : Progress =
        match Json.tryParse text with
        | :? JsonObject as fields when not (fields.ContainsKey "network") ->
            fields["network"] <- JsonValue.Create NetworkCatalog.Default.Name
            Json.read "checkpoint's progress" (fields.ToJsonString())
        | _ -> Json.read "checkpoint's progress" text

    /// The checkpoint that these bytes hold; ProblemException when they hold none.
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
