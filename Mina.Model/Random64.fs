namespace Mina.Model

open System

/// SplitMix64 (Steele, Lea, Flood 2014): a small generator whose whole state is one number, so that randomness is a
/// function of a key (seed, epoch, step, ...) and nothing has to be kept to go on where one stopped.
[<Struct>]
type internal Random64 =
    val mutable private state: uint64
    new(state) = { state = state }

    static member private Mix(z: uint64) =
        let z = (z ^^^ (z >>> 30)) * 0xBF58476D1CE4E5B9UL
        let z = (z ^^^ (z >>> 27)) * 0x94D049BB133111EBUL
        z ^^^ (z >>> 31)

    /// The next 64 bits.
    member this.Next() =
        this.state <- this.state + 0x9E3779B97F4A7C15UL
        Random64.Mix this.state

    /// Even in [0, 1).
    member this.Uniform() =
        float (this.Next() >>> 11) * (1.0 / float (1UL <<< 53))

    /// Mean 0, standard deviation 1 (Box-Muller; the second number of each pair is not used).
    member this.Normal() =
        let radius = sqrt (-2.0 * log (1.0 - this.Uniform()))
        radius * cos (2.0 * Math.PI * this.Uniform())

    /// The generator of a key; different keys give unrelated sequences.
    static member ofKey(key: int64 list) =
        let absorb hash (part: int64) =
            Random64.Mix((hash ^^^ uint64 part) + 0x9E3779B97F4A7C15UL)

        Random64(List.fold absorb 0x6D696E61UL key)

    /// The generator of one window for one purpose: the same whichever windows come before it.
    static member ofWindow (seed: int64) (purpose: int64) (recordingId: string) (start: int) =
        // FNV-1a over the id's characters: .NET's own hash of a string differs from run to run.
        let mutable id = 0xCBF29CE484222325UL

        for c in recordingId do
            id <- (id ^^^ uint64 c) * 0x100000001B3UL

        Random64.ofKey [ seed; purpose; int64 id; int64 start ]
