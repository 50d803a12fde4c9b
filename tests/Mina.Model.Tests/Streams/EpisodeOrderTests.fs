/// Episodes of a stream that is ended and goes on, in any order and under any rules.
module Mina.Model.Tests.Streams.EpisodeOrderTests

open System
open FsCheck.Xunit
open Mina.Model
open Mina.Preprocess
open Xunit

let private rulesOf (random: Random) = {
    EpisodeRules.At 0.5 with
        MinimumSeconds = [| 0.0; 5.0; 30.0 |][random.Next 3]
        MergeGapSeconds = [| 0.0; 10.0 |][random.Next 2]
        BridgeSeconds = [| 0.0; 30.0 |][random.Next 2]
        SmoothingSeconds = [| 0.0; 3.5; 10.0 |][random.Next 3]
        OffsetProbability = [| 0.25; 0.5 |][random.Next 2]
}

[<Property(MaxTest = 2000)>]
let ``episodes are disjoint, end after they start, and have a probability for a mean, whatever ends them and goes on``
    (seed: int)
    =
    let random = Random seed

    let rules =
        if random.Next 2 = 0 then
            EpisodeRules.At 0.5
        else
            rulesOf random

    let mutable state = Episodes.start
    let mutable next = 100.0 * random.NextDouble()
    let mutable last = Double.NegativeInfinity
    let mutable isAF = false

    let check (events: EpisodeEvent[]) =
        for event in events do
            let episode = event.Episode
            Assert.InRange(episode.MeanProbability, 0.0, 1.0)
            Assert.True(episode.EndSeconds >= episode.StartSeconds, $"{episode}")
            Assert.True(episode.ClassifiableSeconds >= 0.0, $"{episode}")
            Assert.True(episode.StartSeconds >= last, $"{episode} after one that ended at {last}")

            if event.Kind = EpisodeEventKind.Closed then
                last <- episode.EndSeconds

    for _ in 1..100 do
        if random.Next 12 = 0 then
            isAF <- not isAF

        if random.Next 15 = 0 then
            let struct (ended, events) =
                Episodes.finish rules state (next + 15.0 * random.NextDouble() - 5.0)

            check events
            state <- ended
        else
            let probability =
                match random.Next 10 with
                | 0 -> Nullable()
                | 1 -> Nullable(random.NextDouble())
                | _ -> Nullable(if isAF then 0.9 else 0.1)

            let struct (stepped, events) =
                Episodes.step rules state {
                    StartSeconds = next
                    Probability = probability
                    Fault =
                        if probability.HasValue then
                            WindowFault.None
                        else
                            WindowFault.Gap
                }

            check events
            state <- stepped

            next <-
                next
                + (if random.Next 3 = 0 then
                       12.0 * random.NextDouble() + 1e-6
                   else
                       5.0 / 3.0)

    let burden = Episodes.burden state
    Assert.True(not burden.HasValue || burden.Value >= 0.0 && burden.Value <= 1.0, $"{burden}")
    Assert.True(state.ClassifiableSeconds >= 0.0 && state.UnclassifiableSeconds >= 0.0)
