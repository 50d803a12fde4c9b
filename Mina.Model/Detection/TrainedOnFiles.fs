namespace Mina.Model

open System.IO
open Mina.Preprocess

/// The files that say what a network and a rhythm level have learned from. Without them, that is not known of a
/// model.
[<RequireQualifiedAccess>]
module TrainedOnFiles =
    /// The name of the network's file, which lies beside `model.json`.
    [<Literal>]
    let NetworkName = "trained-on.json"

    /// The name of the rhythm level's file, which lies beside `rhythm.json`.
    [<Literal>]
    let RhythmName = "rhythm-trained-on.json"

    // The hashes of some hundred thousand recordings fit.
    let private maxBytes = 64L <<< 20

    let private read (name: string) (folder: string) : TrainedOn =
        let file = Path.Combine(folder, name)

        if not (File.Exists file) then
            TrainedOn.Unknown
        else
            try
                TrainedOn.Decode(ModelFiles.readBytes file maxBytes)
            with :? ProblemException as e ->
                raise (ProblemException $"%s{file} cannot be used: %s{e.Message}")

    /// <summary>Reads what the network of a folder has learned from.</summary>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The file is damaged.</exception>
    [<CompiledName("OfNetwork")>]
    let ofNetwork (folder: string) : TrainedOn = read NetworkName folder

    /// <summary>Reads what the rhythm level of a folder has learned from.</summary>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The file is damaged.</exception>
    [<CompiledName("OfRhythm")>]
    let ofRhythm (folder: string) : TrainedOn = read RhythmName folder

    /// Reads what the network that Mina ships has learned from.
    [<CompiledName("ShippedNetwork")>]
    let shippedNetwork () : TrainedOn =
        TrainedOn.Decode(ModelFiles.resource NetworkName)

    /// Reads what the rhythm level that Mina ships has learned from.
    [<CompiledName("ShippedRhythm")>]
    let shippedRhythm () : TrainedOn =
        TrainedOn.Decode(ModelFiles.resource RhythmName)
