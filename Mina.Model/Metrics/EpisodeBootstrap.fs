namespace Mina.Model

open System
open Mina.Preprocess

/// The ends of a 95 % interval; both are NaN where it cannot be computed.
[<Struct>]
type Bounds = { Lower: float; Upper: float }

/// The 95 % intervals of the figures of a comparison of episodes.
type EpisodeIntervals = {
    /// The number of people, or recordings, that were drawn from.
    Units: int
    DurationSensitivity: Bounds
    DurationPpv: Bounds
    FalseEpisodesPerDay: Bounds
}

/// A percentile bootstrap over people, each of whom brings all of their recordings along. The recordings of one person
/// are alike, so drawing recordings would make the intervals too narrow.
[<RequireQualifiedAccess>]
module EpisodeBootstrap =
    /// <summary>Computes the 95 % intervals of the gross figures.</summary>
    /// <param name="seed">The seed; the same seed, units and comparisons, in any order, give the same
    /// intervals.</param>
    /// <param name="resamples">The number of resamples, at least 1; 1000 is usual.</param>
    /// <param name="units">The person, or the recording, of each comparison. These are what is drawn.</param>
    /// <param name="comparisons">One comparison for each recording.</param>
    /// <returns>The intervals, which have no bounds where there are fewer than two units, or where half of the
    /// resamples leave a figure undefined.</returns>
    [<CompiledName("Interval95")>]
    let interval95 (seed: int64) (resamples: int) (units: string[]) (comparisons: EpisodeComparison[]) =
        if resamples < 1 then
            invalidArg (nameof resamples) $"There must be at least one resample, not {resamples}."

        if units.Length <> comparisons.Length then
            invalidArg (nameof units) $"{comparisons.Length} comparisons need as many units, not {units.Length}."

        let own =
            Array.zip units comparisons
            |> Array.groupBy fst
            |> Array.sortWith (fun (a, _) (b, _) -> String.CompareOrdinal(a, b))
            |> Array.map (fun (_, rows) -> rows |> Seq.map snd |> EpisodeComparisons.gross)

        let mutable random = SplitMix64(uint64 seed)

        let drawn = [|
            if own.Length >= 2 then
                for _ in 1..resamples do
                    let sample = Array.zeroCreate own.Length

                    for i in 0 .. own.Length - 1 do
                        sample[i] <- own[random.Below own.Length]

                    EpisodeComparisons.gross sample
        |]

        let bounds (figure: EpisodeComparison -> float) = {
            Lower = Bootstrap.percentile 0.025 (Array.map figure drawn)
            Upper = Bootstrap.percentile 0.975 (Array.map figure drawn)
        }

        {
            Units = own.Length
            DurationSensitivity = bounds _.DurationSensitivity
            DurationPpv = bounds _.DurationPpv
            FalseEpisodesPerDay = bounds _.FalseEpisodesPerDay
        }
