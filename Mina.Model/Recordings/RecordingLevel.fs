namespace Mina.Model

open System
open System.Collections.Generic
open System.Text.Json.Nodes
open Mina.Preprocess

/// The level that judges a recording of up to 61 s as a whole: a logistic regression on what the network saw in its
/// windows and on the rhythm of its beats. Longer recordings are judged by their episodes.
type RecordingLevel = {
    /// The version of the file's layout.
    Format: int
    /// The names of the numbers, in the order of `RecordingKnowledge.names`.
    Names: string[]
    /// The mean and the standard deviation of each number over the recordings that it was trained on.
    Means: float[]
    Deviations: float[]
    /// What each number adds to the log odds of AF, for each standard deviation above its mean.
    Weights: float[]
    /// The log odds of a recording that is average in every respect.
    Bias: float
    /// A recording is AF from this probability on.
    Threshold: float
    /// The SHA-256 of the model.safetensors of the network whose probabilities it learned from.
    FirstLevel: string
    /// The SHA-256 of the model.safetensors of each network that judged, in its place, the training recordings that it
    /// had not learned from; empty where the first level judged all.
    FoldModels: string[]
    /// The number of recordings that it was trained on, and the seed of their split.
    Recordings: int
    Seed: int64
    /// The figures measured when it was trained.
    Metrics: IReadOnlyDictionary<string, float>
}

[<RequireQualifiedAccess>]
module RecordingLevels =
    /// The version of the file's layout that is written.
    [<Literal>]
    let Format = 1

    /// What each number adds to the log odds of AF. An unknown number adds nothing.
    [<CompiledName("Contributions")>]
    let contributions (level: RecordingLevel) (knowledge: float[]) : float[] =
        Array.init knowledge.Length (fun i ->
            let z = (knowledge[i] - level.Means[i]) / level.Deviations[i]

            if Double.IsNaN z then
                0.0
            else
                level.Weights[i] * Math.Clamp(z, -4.0, 4.0))

    /// <summary>The probability that a recording shows AF, 0 .. 1.</summary>
    /// <param name="level">The trained level.</param>
    /// <param name="knowledge">The numbers of `RecordingKnowledge.names`.</param>
    [<CompiledName("ProbabilityOf")>]
    let probabilityOf (level: RecordingLevel) (knowledge: float[]) : float =
        Temperature.probability 1.0 (level.Bias + Array.sum (contributions level knowledge))

    /// The text of `recording.json`, with its hash.
    [<CompiledName("Write")>]
    let write (level: RecordingLevel) : string = Json.write level |> SealedJson.add null

    // Trained numbers are below 10. Those beyond this would overflow where they are added up.
    let private maxNumber = 1e6

    let private problem (level: RecordingLevel) : string | null =
        let count = RecordingKnowledge.names.Length
        let isNumber (value: float) = abs value <= maxNumber

        if level.Format <> Format then
            $"it has format %d{level.Format}, and this program reads %d{Format}"
        elif level.Names <> RecordingKnowledge.names then
            "it reads other numbers of a recording than this program makes"
        elif
            [ level.Means; level.Deviations; level.Weights ]
            |> List.exists (fun row -> row.Length <> count || not (Array.forall isNumber row))
            || not (isNumber level.Bias)
            || Array.exists (fun deviation -> deviation <= 0.0) level.Deviations
        then
            $"it should hold %d{count} means, deviations above 0, and weights, each of at most %.0f{maxNumber}"
        elif not (level.Threshold > 0.0 && level.Threshold < 1.0) then
            "its threshold does not lie between 0 and 1"
        else
            null

    // Earlier files do not say.
    let private withFoldModels (text: string) : string =
        match Json.tryParse text with
        | :? JsonObject as fields when not (fields.ContainsKey "fold_models") ->
            fields["fold_models"] <- JsonArray()
            fields.ToJsonString()
        | _ -> text

    /// <summary>Reads the text of a `recording.json`.</summary>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The text is not a recording level, or not one that this
    /// program can use.</exception>
    [<CompiledName("Read")>]
    let read (text: string) : RecordingLevel =
        let level: RecordingLevel = Json.read "recording.json" (withFoldModels text)

        match problem level with
        | null ->
            SealedJson.check "recording.json" text
            level
        | problem -> raise (ProblemException $"%s{problem}; train one with 'mina train-recordings'.")
