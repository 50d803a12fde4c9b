namespace Mina.Model.Onnx

open Mina.Model.Onnx.Operators
open Mina.Preprocess

/// Resampling as operators, in double precision: `Resampler`, with a constant stretch kept constant.
[<RequireQualifiedAccess>]
module internal ResampleGraph =
    // Every output sample reaches 20 / 300 s of input, which takes 100 MB of memory at this frequency.
    let private highestFs = 10_000.0

    /// <summary>Adds the resampling of samples (n) to the frequency of segments.</summary>
    /// <exception cref="T:Mina.Preprocess.ProblemException">A graph resamples nothing from that
    /// frequency.</exception>
    let samples (g: GraphBuilder) (fs: float) (raw: Value) : Value =
        if not (fs >= Preprocessor.LowestFs && fs <= highestFs) then
            raise (
                ProblemException
                    $"a sampling frequency of %g{fs} Hz lies outside the %g{Preprocessor.LowestFs} to %g{highestFs} Hz \
                      from which a graph resamples: resample the recordings before."
            )

        let resampler = Resampler(fs, float Shapes.Fs)

        let phases = [|
            for phase in 0L .. int64 resampler.Up - 1L ->
                let struct (first, taps) = resampler.Reach phase
                first - phase * int64 resampler.Down / int64 resampler.Up, taps
        |]

        let width = phases |> Array.map (fun (_, taps) -> taps.Length) |> Array.max

        g.Begin "resample"
        let up, down = g.Integer(int64 resampler.Up), g.Integer(int64 resampler.Down)
        let zero, one = g.Integer 0L, g.Integer 1L
        let length = shapeOf g raw |> squeeze g 0
        let scaled = multiply g length up
        let count = divide g (subtract g (add g scaled down) one) down
        let outputs = g.Node("Range", [ zero; count; one ])
        let phase = g.Node("Mod", [ outputs; up ])
        let ofPhase values = gather g 0 values phase

        let firsts = g.Integers("firsts", [ for first, _ in phases -> first ])
        let lasts = g.Integers("lasts", [ for _, taps in phases -> int64 taps.Length - 1L ])

        let taps =
            g.Doubles(
                "taps",
                [ phases.Length; width ],
                phases
                |> Array.collect (fun (_, taps) ->
                    Array.init width (fun k -> if k < taps.Length then float taps[k] else 0.0))
            )

        let first = add g (divide g (multiply g outputs down) up) (ofPhase firsts)

        // Filters that are shorter than the longest weigh their last sample once more, by 0. Beyond the ends lies the
        // last sample.
        let offsets =
            smaller g (g.Integers("offsets", [ 0L .. int64 width - 1L ])) (unsqueeze g 1 (ofPhase lasts))

        let places =
            add g (unsqueeze g 1 first) offsets
            |> larger g zero
            |> smaller g (subtract g length one)

        let fromFirst = subtract g raw (slice g 0 0L 1L raw) |> toDouble g
        let reached = gather g 0 fromFirst places
        let filtered = sum g 1 (multiply g reached (ofPhase taps))
        let lowest, highest = least g 1 reached, greatest g 1 reached
        choose g (g.Node("Equal", [ lowest; highest ])) lowest filtered |> toFloat g
