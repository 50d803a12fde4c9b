namespace Mina.Model

open System.IO
open System.Text
open Mina.Preprocess

/// The file of a recording level, `recording.json`. It may lie beside a network's files.
[<RequireQualifiedAccess>]
module RecordingLevelFiles =
    /// The file's name.
    [<Literal>]
    let Name = "recording.json"

    // A recording level takes some kB.
    let private maxBytes = 1L <<< 20

    /// Whether a folder holds a recording level.
    [<CompiledName("ExistIn")>]
    let existIn (folder: string) : bool = File.Exists(Path.Combine(folder, Name))

    /// <summary>Reads the recording level of a folder.</summary>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The file cannot be used.</exception>
    [<CompiledName("Read")>]
    let read (folder: string) : RecordingLevel =
        try
            RecordingLevels.read (Encoding.UTF8.GetString(ModelFiles.readBytes (Path.Combine(folder, Name)) maxBytes))
        with :? ProblemException as e ->
            raise (ProblemException $"the recording level in %s{folder} cannot be used: %s{e.Message}")

    /// Whether the recording level of a folder carries its hash; one without was changed by hand.
    [<CompiledName("IsSealed")>]
    let isSealed (folder: string) : bool =
        ModelFiles.readBytes (Path.Combine(folder, Name)) maxBytes
        |> Encoding.UTF8.GetString
        |> SealedJson.isSealed

    let private shipped =
        lazy (RecordingLevels.read (Encoding.UTF8.GetString(ModelFiles.resource Name)))

    /// The recording level that Mina ships, which lies in this library (data/models/mina in the repository).
    [<CompiledName("ReadShipped")>]
    let readShipped () : RecordingLevel = shipped.Value

    /// The shipped recording level, where it was trained for this model's network; else null.
    let internal shippedFor (model: StoredModel) : RecordingLevel | null =
        let level = readShipped ()

        if level.FirstLevel = ModelFiles.weightsHash model then
            level
        else
            null
