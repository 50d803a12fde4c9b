namespace Mina.Model

open System
open System.IO
open System.Security.Cryptography
open System.Text
open Mina.Preprocess

/// A model as its two files hold it.
type StoredModel = {
    /// The weights as one flat vector, in the order of the network's parameter layout.
    Weights: float32[]
    Info: ModelInfo
}

/// The two files of a model, `model.safetensors` and `model.json`. Only this module and those of the files
/// beside them (`RhythmFiles`, `RecordingLevelFiles`, `TrainedOnFiles`) read files in this room, all by `readBytes`,
/// and none writes any: whoever keeps a model gets the bytes and writes them.
[<RequireQualifiedAccess>]
module ModelFiles =
    /// The name of the file of weights, which are stored as safetensors under PyTorch's names.
    [<Literal>]
    let WeightsName = "model.safetensors"

    /// The name of the file that describes the weights: data, settings, recipe, seed, epochs and thresholds.
    [<Literal>]
    let InfoName = "model.json"

    /// The files of a model, each with its name and its bytes.
    [<CompiledName("Encode")>]
    let encode (model: StoredModel) : struct (string * byte[])[] =
        let weights = model.Info.FindNetwork().Layout.Encode model.Weights

        let info = {
            model.Info with
                WeightsSha256 = SHA256.HashData weights |> Convert.ToHexStringLower
        }

        [|
            struct (WeightsName, weights)
            struct (InfoName, Encoding.UTF8.GetBytes(SealedJson.add null (info.ToJson())))
        |]

    /// The SHA-256 of the file of weights in lower-case hexadecimal, which identifies the weights.
    [<CompiledName("WeightsHash")>]
    let weightsHash (model: StoredModel) : string =
        model.Info.FindNetwork().Layout.Encode model.Weights
        |> SHA256.HashData
        |> Convert.ToHexStringLower

    let private decode (weights: byte[]) (info: string) : StoredModel =
        let info = ModelInfo.FromJson info

        {
            Weights = info.DecodeWeights weights
            Info = info
        }

    // Neither file is ever larger: a model of 60 million parameters, and some thousands of epochs.
    let private maxWeightsBytes = 256L <<< 20
    let private maxInfoBytes = 16L <<< 20

    /// A file's bytes. A pipe and a device look empty, and are not opened: that might wait for ever. ProblemException
    /// when the file is larger than it can be, or cannot be read.
    let internal readBytes (path: string) (maxBytes: int64) : byte[] =
        try
            let target =
                match File.ResolveLinkTarget(path, returnFinalTarget = true) with
                | null -> FileInfo path
                | target -> FileInfo target.FullName

            if target.Length > maxBytes then
                raise (
                    ProblemException
                        $"%s{path} has %d{target.Length} bytes, more than the %d{maxBytes} that such a file may have."
                )

            if target.Length = 0L then [||] else File.ReadAllBytes path
        with
        | :? IOException
        | :? UnauthorizedAccessException as e ->
            raise (ProblemException($"%s{path} cannot be read (%s{e.Message.TrimEnd '.'}): check its permissions.", e))

    /// <summary>Reads the model of a folder.</summary>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The folder holds no model, or its files are
    /// damaged.</exception>
    [<CompiledName("Read")>]
    let read (folder: string) : StoredModel =
        let weights, info =
            Path.Combine(folder, WeightsName), Path.Combine(folder, InfoName)

        if not (File.Exists weights && File.Exists info) then
            raise (
                ProblemException(
                    $"%s{folder} holds no model (%s{WeightsName} and %s{InfoName}); "
                    + $"train one with 'mina train --shards SHARDS --out %s{folder}'."
                )
            )

        try
            let text = Encoding.UTF8.GetString(readBytes info maxInfoBytes)
            decode (readBytes weights maxWeightsBytes) (text.TrimStart '\uFEFF')
        with :? ProblemException as e ->
            raise (ProblemException $"the model in %s{folder} cannot be used: %s{e.Message}")

    /// Whether the `model.json` of a folder carries its own hash; one without was changed by hand, or is of an earlier
    /// version.
    [<CompiledName("IsSealed")>]
    let isSealed (folder: string) : bool =
        readBytes (Path.Combine(folder, InfoName)) maxInfoBytes
        |> Encoding.UTF8.GetString
        |> SealedJson.isSealed

    /// The bytes of a file that lies in this library.
    let internal resource (name: string) : byte[] =
        match typeof<StoredModel>.Assembly.GetManifestResourceStream $"Mina.Model.Shipped.%s{name}" with
        | null -> invalidOp $"Mina.Model was built without its resource %s{name}."
        | stream ->
            use stream = stream
            use bytes = new MemoryStream()
            stream.CopyTo bytes
            bytes.ToArray()

    /// Reads the model that Mina ships, which lies in this library (data/models/mina in the repository).
    [<CompiledName("ReadShipped")>]
    let readShipped () : StoredModel =
        decode (resource WeightsName) (Encoding.UTF8.GetString(resource InfoName))
