namespace Mina.Model

open System
open System.IO
open System.Text.Json
open System.Text.Json.Serialization
open Mina.Preprocess

/// What an epoch came to.
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

/// How far a training run is.
type Progress = {
    Recipe: Recipe
    Seed: int64
    /// `Teacher.Ids`; empty where there is no teacher.
    Teachers: string[]
    /// Epochs finished, with their validation.
    Epoch: int
    /// Batches of the next epoch that are in the weights already.
    StepInEpoch: int
    /// Batches in the weights, over all epochs.
    Step: int64
    /// Sum of the next epoch's losses so far, each times its windows, and those windows.
    LossSum: float
    LossWindows: int64
    /// The epoch that validated best, from 1; 0: none yet.
    BestEpoch: int
    History: EpochResult[]
}

/// Everything that training needs to go on exactly, as a value; flat vectors in the order of `Parameters`.
type Checkpoint = {
    Progress: Progress
    Weights: float32[]
    FirstMoment: float32[]
    SecondMoment: float32[]
    /// The running mean of the weights; empty where the recipe wants none.
    Average: float32[]
    /// Those of the best epoch; empty where there is none yet.
    BestWeights: float32[]
}

/// How this room writes JSON: enums by name, every field there or it is not read.
module internal Json =
    let options =
        let o =
            JsonSerializerOptions(
                PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
                WriteIndented = true,
                RespectNullableAnnotations = true,
                RespectRequiredConstructorParameters = true
            )

        o.Converters.Add(JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower))
        o

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

/// Checkpoints as safetensors bytes: the vectors under PyTorch's names after `weights.`, `first.`, `second.`, `average.` and `best.`,
/// the rest as JSON in the metadata.
[<RequireQualifiedAccess>]
module Checkpoint =
    let private format = 1
    let private formatKey, progressKey = "mina.checkpoint", "mina.progress"

    /// The bytes of a checkpoint.
    let encode (c: Checkpoint) : byte[] =
        let under prefix flat =
            Parameters.toTensors flat |> List.map (fun (name, t) -> prefix + name, t)

        Safetensors.encode {
            Tensors =
                under "weights." c.Weights
                @ under "first." c.FirstMoment
                @ under "second." c.SecondMoment
                @ (if c.Average.Length > 0 then
                       under "average." c.Average
                   else
                       [])
                @ (if c.Progress.BestEpoch > 0 then
                       under "best." c.BestWeights
                   else
                       [])
            Metadata = Map [ formatKey, string format; progressKey, Json.write c.Progress ]
        }

    /// The checkpoint of these bytes; ProblemException when they hold none.
    let decode (bytes: byte[]) : Checkpoint =
        let file = Safetensors.decode bytes

        match file.Metadata.TryFind formatKey with
        | None -> raise (ProblemException "This safetensors file is not a checkpoint of Mina's.")
        | Some other when other <> string format ->
            raise (
                ProblemException $"This checkpoint has format %s{other}; this version of Mina reads format %d{format}."
            )
        | Some _ -> ()

        let progress: Progress =
            match file.Metadata.TryFind progressKey with
            | Some text -> Json.read "checkpoint's progress" text
            | None -> raise (ProblemException "This checkpoint does not say how far it is.")

        let under (prefix: string) =
            file.Tensors
            |> List.filter (fun (name, _) -> name.StartsWith(prefix, StringComparison.Ordinal))
            |> List.map (fun (name, t) -> name.Substring prefix.Length, t)
            |> Parameters.ofTensors

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
