namespace Mina.Model

open System.IO
open Mina.Preprocess

/// The files that say what a network and a rhythm level have learned from. A model without them is one of which it is
/// not known.
[<RequireQualifiedAccess>]
module TrainedOnFiles =
    /// Beside `model.json`.
    [<Literal>]
    let NetworkName = "trained-on.json"

    /// Beside `rhythm.json`.
    [<Literal>]
    let RhythmName = "rhythm-trained-on.json"

    // A hash of each of some hundred thousand recordings.
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

    /// <summary>What the network of a folder has learned from.</summary>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The file is damaged.</exception>
    [<CompiledName("OfNetwork")>]
    let ofNetwork (folder: string) : TrainedOn = read NetworkName folder

    /// <summary>What the rhythm level of a folder has learned from.</summary>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The file is damaged.</exception>
    [<CompiledName("OfRhythm")>]
    let ofRhythm (folder: string) : TrainedOn = read RhythmName folder

    /// What the network that Mina ships has learned from.
    [<CompiledName("ShippedNetwork")>]
    let shippedNetwork () : TrainedOn =
        TrainedOn.Decode(ModelFiles.resource NetworkName)

    /// What the rhythm level that Mina ships has learned from.
    [<CompiledName("ShippedRhythm")>]
    let shippedRhythm () : TrainedOn =
        TrainedOn.Decode(ModelFiles.resource RhythmName)
