module Mina.Model.Tests.CpscScoreTests

open System
open Xunit
open FsCheck
open FsCheck.FSharp
open FsCheck.Xunit
open Mina.Model

/// A mark every 100 samples, from 100 on: mark k lies at 100 (k + 1). Twenty of them in 2,100 samples.
let private record (cpscClass: CpscClass) (episodes: (int * int) list) : CpscReference = {
    Class = cpscClass
    Marks = [| for k in 0..19 -> 100L * int64 (k + 1) |]
    Episodes = [| for s, e in episodes -> struct (s, e) |]
    Length = 2100L
}

let private episode onset ends : CpscEpisode = { Onset = onset; End = ends }

let private episodeScore reference predicted =
    (CpscScores.score reference predicted).EpisodeScore

[<Theory>]
// AF begins at mark 6 (700) and ends at mark 12 (1300); the end is right here and earns 1.
[<InlineData(499, 0.0)>]
[<InlineData(500, 0.5)>]
[<InlineData(599, 0.5)>]
[<InlineData(600, 1.0)>]
[<InlineData(700, 1.0)>]
[<InlineData(899, 1.0)>]
[<InlineData(900, 0.5)>]
[<InlineData(999, 0.5)>]
[<InlineData(1000, 0.0)>]
let ``an onset earns 1 from the beat before to the second after, and 0.5 a beat further`` (onset: int) (credit: float) =
    let reference = record CpscClass.Paroxysmal [ 6, 12 ]
    Assert.Equal(1.0 + credit, episodeScore reference [| episode (int64 onset) 1300L |])

[<Theory>]
[<InlineData(999, 0.0)>]
[<InlineData(1000, 0.5)>]
[<InlineData(1099, 0.5)>]
[<InlineData(1100, 1.0)>]
[<InlineData(1399, 1.0)>]
[<InlineData(1400, 0.5)>]
[<InlineData(1499, 0.5)>]
[<InlineData(1500, 0.0)>]
let ``an end earns 1 from the second beat before to the next, and 0.5 a beat further`` (ends: int) (credit: float) =
    let reference = record CpscClass.Paroxysmal [ 6, 12 ]
    Assert.Equal(1.0 + credit, episodeScore reference [| episode 700L (int64 ends) |])

[<Fact>]
let ``at a record's beginning and end the credit reaches to them`` () =
    Assert.Equal(2.0, episodeScore (record CpscClass.Paroxysmal [ 1, 12 ]) [| episode 0L 1300L |])
    Assert.Equal(1.5, episodeScore (record CpscClass.Paroxysmal [ 2, 12 ]) [| episode 0L 1300L |])
    Assert.Equal(1.0, episodeScore (record CpscClass.Paroxysmal [ 3, 12 ]) [| episode 0L 1300L |])
    Assert.Equal(2.0, episodeScore (record CpscClass.Paroxysmal [ 6, 18 ]) [| episode 700L 2099L |])
    Assert.Equal(1.5, episodeScore (record CpscClass.Paroxysmal [ 6, 17 ]) [| episode 700L 2099L |])
    Assert.Equal(1.0, episodeScore (record CpscClass.Paroxysmal [ 6, 16 ]) [| episode 700L 2099L |])

[<Fact>]
let ``in persistent AF the credit reaches to the ends of the record`` () =
    let reference = record CpscClass.Persistent [ 0, 19 ]
    Assert.Equal(2.0, episodeScore reference [| episode 0L 2099L |])
    Assert.Equal(1.5, episodeScore reference [| episode 300L 2099L |])
    Assert.Equal(1.0, episodeScore reference [| episode 400L 2099L |])
    Assert.Equal(1.5, episodeScore reference [| episode 0L 1799L |])
    Assert.Equal(1.0, episodeScore reference [| episode 0L 1699L |])

[<Fact>]
let ``episodes that are too many divide the credit, missing ones do not multiply it`` () =
    let reference = record CpscClass.Paroxysmal [ 3, 7; 12, 16 ]
    let right = [| episode 400L 800L; episode 1300L 1700L |]
    Assert.Equal(4.0, episodeScore reference right)
    Assert.Equal(2.0, episodeScore reference right[..0])
    Assert.Equal(4.0 * 2.0 / 3.0, episodeScore reference (Array.append right [| episode 1950L 1960L |]), 12)

[<Fact>]
let ``the rhythm class earns what the challenge's matrix says`` () =
    let predicted = [| [||]; [| episode 0L 2099L |]; [| episode 500L 900L |] |]

    let matrix = [|
        for truth in [ CpscClass.NonAF; CpscClass.Persistent; CpscClass.Paroxysmal ] ->
            [|
                for p in predicted ->
                    (CpscScores.score (record truth (if truth = CpscClass.NonAF then [] else [ 4, 8 ])) p).RhythmScore
            |]
    |]

    Assert.Equal<float[][]>([| [| 1.0; -1.0; -0.5 |]; [| -2.0; 1.0; 0.0 |]; [| -1.0; 0.0; 1.0 |] |], matrix)

[<Fact>]
let ``a record without AF earns its class alone, and the score is the mean over records`` () =
    let none = CpscScores.score (record CpscClass.NonAF []) [||]
    let wrong = CpscScores.score (record CpscClass.NonAF []) [| episode 500L 900L |]
    Assert.Equal(1.0, none.Total)
    Assert.Equal(-0.5, wrong.Total)
    Assert.Equal(0.25, CpscScores.mean [ none; wrong ])
    Assert.True(Double.IsNaN(CpscScores.mean []))

[<Property>]
let ``the truth itself earns its class and two for every episode`` (count: PositiveInt) =
    let count = 1 + count.Get % 3
    let episodes = [ for k in 0 .. count - 1 -> 3 + 5 * k, 5 + 5 * k ]
    let reference = record CpscClass.Paroxysmal episodes

    let predicted = [| for s, e in episodes -> episode reference.Marks[s] reference.Marks[e] |]

    count = 1
    || (CpscScores.score reference predicted).Total = 1.0 + 2.0 * float count

[<Fact>]
let ``a detector's seconds become samples, and an episode to the record's end holds its last sample`` () =
    let spans: Span[] = [| { Start = 0.0; End = 10.5 } |]
    Assert.Equal<CpscEpisode[]>([| episode 0L 2099L |], Scoring.cpscEpisodes 200.0 2100L spans)
    Assert.Equal(CpscClass.Persistent, CpscScores.classOf 2100L (Scoring.cpscEpisodes 200.0 2100L spans))
