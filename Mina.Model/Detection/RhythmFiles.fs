namespace Mina.Model

open System.IO
open System.Text
open Mina.Preprocess

/// A rhythm level as its two files hold it.
type StoredRhythm = {
    Model: RhythmModel
    Info: RhythmModelInfo
}

/// The two files of a rhythm level, `rhythm.safetensors` and `rhythm.json`. They may lie beside a network's files.
[<RequireQualifiedAccess>]
module RhythmFiles =
    /// The name of the file of weights.
    [<Literal>]
    let WeightsName = "rhythm.safetensors"

    /// The name of the file that describes the weights: settings, data, seed and figures.
    [<Literal>]
    let InfoName = "rhythm.json"

    /// The files of a rhythm level, each with its name and its bytes.
    [<CompiledName("Encode")>]
    let encode (stored: StoredRhythm) : struct (string * byte[])[] =
        let weights = RhythmModels.encodeWeights stored.Model
        let info = RhythmModels.writeInfo stored.Info |> SealedJson.add weights

        [|
            struct (WeightsName, weights)
            struct (InfoName, Encoding.UTF8.GetBytes info)
        |]

    let private decode (weights: byte[]) (text: string) : StoredRhythm =
        let info = RhythmModels.readInfo text
        SealedJson.check InfoName text
        SealedJson.checkWeights InfoName text WeightsName weights

        {
            Model = RhythmModels.decode info weights
            Info = info
        }

    // A rhythm level takes some kB.
    let private maxBytes = 16L <<< 20

    /// Whether a folder holds a rhythm level.
    [<CompiledName("ExistIn")>]
    let existIn (folder: string) : bool =
        File.Exists(Path.Combine(folder, WeightsName))
        && File.Exists(Path.Combine(folder, InfoName))

    /// <summary>Reads the rhythm level of a folder.</summary>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The folder holds no rhythm level, or its files are
    /// damaged.</exception>
    [<CompiledName("Read")>]
    let read (folder: string) : StoredRhythm =
        if not (existIn folder) then
            raise (
                ProblemException(
                    $"%s{folder} holds no rhythm level (%s{WeightsName} and %s{InfoName}); "
                    + "train one with 'mina train-rhythm'."
                )
            )

        try
            decode
                (ModelFiles.readBytes (Path.Combine(folder, WeightsName)) maxBytes)
                (Encoding.UTF8.GetString(ModelFiles.readBytes (Path.Combine(folder, InfoName)) maxBytes))
        with :? ProblemException as e ->
            raise (ProblemException $"the rhythm level in %s{folder} cannot be used: %s{e.Message}")

    /// Whether the rhythm level of a folder carries the hash of its `rhythm.json`; one without was changed by hand.
    [<CompiledName("IsSealed")>]
    let isSealed (folder: string) : bool =
        ModelFiles.readBytes (Path.Combine(folder, InfoName)) maxBytes
        |> Encoding.UTF8.GetString
        |> SealedJson.isSealed

    let private shipped =
        lazy (decode (ModelFiles.resource WeightsName) (Encoding.UTF8.GetString(ModelFiles.resource InfoName)))

    /// The rhythm level that Mina ships, which lies in this library (data/models/mina in the repository).
    [<CompiledName("ReadShipped")>]
    let readShipped () : StoredRhythm = shipped.Value

    /// The shipped rhythm level, where it was trained for this model's network; else null.
    let internal shippedFor (model: StoredModel) : StoredRhythm | null =
        let level = readShipped ()

        if level.Info.FirstLevel = ModelFiles.weightsHash model then
            level
        else
            null
