module Mina.Model.Tests.EpisodeComparisonTests

open System
open Xunit
open FsCheck.Xunit
open FsCheck.FSharp
open Mina.Model

let private spans (pairs: (float * float) list) =
    pairs |> List.map (fun (s, e) -> { Start = s; End = e }) |> Array.ofList

let private hour = { Start = 0.0; End = 3600.0 }

let private compare reference detected =
    EpisodeComparisons.compare (spans reference) (spans detected) [||] hour 0.0

let private equal (expected: float) (actual: float) = Assert.Equal(expected, actual, 9)

[<Fact>]
let ``half found, a third of it true, by hand`` () =
    // Reference AF 100-200 and 1000-1100; detected 150-200 (inside the first) and 2000-2100 (nowhere).
    let c = compare [ 100.0, 200.0; 1000.0, 1100.0 ] [ 150.0, 200.0; 2000.0, 2100.0 ]
    equal 0.5 c.EpisodeSensitivity
    equal 0.5 c.EpisodePpv
    equal 0.25 c.DurationSensitivity
    equal (50.0 / 150.0) c.DurationPpv
    equal 24.0 c.FalseEpisodesPerDay
    equal 2400.0 c.FalseSecondsPerDay

[<Fact>]
let ``one long detection finds every episode under it and is one true episode`` () =
    let c = compare [ 100.0, 200.0; 300.0, 400.0; 500.0, 600.0 ] [ 50.0, 650.0 ]
    Assert.Equal((3, 3), (c.ReferenceFound, c.ReferenceEpisodes))
    Assert.Equal((1, 1), (c.DetectedTrue, c.DetectedEpisodes))
    equal 1.0 c.DurationSensitivity
    equal 0.5 c.DurationPpv

[<Fact>]
let ``a detection in pieces finds the episode once, and every piece is true`` () =
    let c = compare [ 100.0, 200.0 ] [ 90.0, 120.0; 130.0, 140.0; 190.0, 210.0 ]
    Assert.Equal((1, 1), (c.ReferenceFound, c.ReferenceEpisodes))
    Assert.Equal((3, 3), (c.DetectedTrue, c.DetectedEpisodes))
    equal 0.4 c.DurationSensitivity
    equal (40.0 / 60.0) c.DurationPpv

[<Fact>]
let ``the briefest overlap matches, and touching does not`` () =
    Assert.Equal(1, (compare [ 100.0, 200.0 ] [ 199.9, 300.0 ]).DetectedTrue)
    Assert.Equal(0, (compare [ 100.0, 200.0 ] [ 200.0, 300.0 ]).DetectedTrue)

[<Fact>]
let ``a ratio without anything under it is undefined, not 0`` () =
    let none = compare [] []
    Assert.True(Double.IsNaN none.EpisodeSensitivity && Double.IsNaN none.DurationPpv)
    equal 0.0 none.FalseEpisodesPerDay
    let missed = compare [ 1.0, 2.0 ] []
    equal 0.0 missed.EpisodeSensitivity
    Assert.True(Double.IsNaN missed.EpisodePpv)

[<Fact>]
let ``episodes are cut off at the end of the learning period`` () =
    let c =
        EpisodeComparisons.compare
            (spans [ 0.0, 100.0; 250.0, 400.0 ])
            (spans [ 0.0, 350.0 ])
            [||]
            { Start = 300.0; End = 3600.0 }
            0.0

    Assert.Equal((1, 1), (c.ReferenceEpisodes, c.DetectedEpisodes))
    equal 100.0 c.ReferenceSeconds
    equal 50.0 c.DetectedSeconds
    equal 0.5 c.DurationSensitivity
    equal 3300.0 c.ComparedSeconds

[<Fact>]
let ``a detection in excluded flutter counts neither for nor against`` () =
    let flutter = spans [ 400.0, 500.0 ]

    let c =
        EpisodeComparisons.compare
            (spans [ 300.0, 400.0 ])
            (spans [ 350.0, 450.0; 460.0, 490.0; 490.0, 600.0 ])
            flutter
            hour
            0.0

    Assert.Equal((1, 2), (c.DetectedTrue, c.DetectedEpisodes))
    equal 150.0 c.DetectedSeconds
    equal (50.0 / 150.0) c.DurationPpv
    equal 0.5 c.DurationSensitivity

[<Fact>]
let ``short episodes do not count, but may match the other side's`` () =
    let c =
        EpisodeComparisons.compare
            (spans [ 100.0, 110.0; 500.0, 600.0 ])
            (spans [ 90.0, 130.0; 550.0, 560.0 ])
            [||]
            hour
            30.0

    Assert.Equal((1, 1), (c.ReferenceFound, c.ReferenceEpisodes))
    Assert.Equal((1, 1), (c.DetectedTrue, c.DetectedEpisodes))
    equal 0.1 c.DurationSensitivity
    equal 0.25 c.DurationPpv

[<Fact>]
let ``gross weighs by duration and average by recording, which leaves out recordings without the ratio`` () =
    let a = compare [ 0.0, 1000.0 ] [ 0.0, 1000.0 ]
    let b = compare [ 0.0, 100.0 ] []
    let c = compare [] [ 0.0, 50.0 ]
    let gross = EpisodeComparisons.gross [ a; b; c ]
    equal (1000.0 / 1100.0) gross.DurationSensitivity
    equal 8.0 gross.FalseEpisodesPerDay

    let average ratio =
        EpisodeComparisons.average (Func<_, _> ratio) [ a; b; c ]

    equal 0.5 (average _.DurationSensitivity)
    equal 0.5 (average _.DurationPpv)

type Episodes = Episodes of Span[]

type Generators =
    static member Episodes() =
        Gen.listOf (Gen.zip (Gen.choose (0, 3600)) (Gen.choose (1, 400)))
        |> Gen.map (fun pairs -> Episodes(pairs |> List.map (fun (s, l) -> float s, float (s + l)) |> spans))
        |> Arb.fromGen

let private near (a: float) (b: float) =
    Double.IsNaN a && Double.IsNaN b || abs (a - b) < 1e-9

[<Properties(Arbitrary = [| typeof<Generators> |], MaxTest = 300)>]
module Properties =
    let private of' (Episodes a) (Episodes b) =
        EpisodeComparisons.compare a b [||] hour 0.0

    [<Property>]
    let ``sensitivity and PPV change places with reference and detection`` (a: Episodes) (b: Episodes) =
        let one, other = of' a b, of' b a

        near one.EpisodeSensitivity other.EpisodePpv
        && near one.DurationSensitivity other.DurationPpv

    [<Property>]
    let ``a detection equal to the reference is perfect`` (a: Episodes) =
        let c = of' a a

        (c.ReferenceEpisodes = 0
         || c.EpisodeSensitivity = 1.0
            && near c.DurationSensitivity 1.0
            && near c.DurationPpv 1.0)
        && c.FalseEpisodesPerDay = 0.0

    [<Property>]
    let ``every ratio lies between 0 and 1, and what is found adds up to what is true`` (a: Episodes) (b: Episodes) =
        let c = of' a b

        [ c.EpisodeSensitivity; c.EpisodePpv; c.DurationSensitivity; c.DurationPpv ]
        |> List.forall (fun r -> Double.IsNaN r || r >= 0.0 && r <= 1.0 + 1e-12)
        && near c.ReferenceFoundSeconds c.DetectedTrueSeconds

    [<Property>]
    let ``more detected never lowers sensitivity`` (a: Episodes) (b: Episodes) (c: Episodes) =
        let (Episodes some), (Episodes more) = b, c
        let less = of' a b
        let all = of' a (Episodes(Array.append some more))

        less.ReferenceEpisodes = 0
        || all.EpisodeSensitivity >= less.EpisodeSensitivity
           && all.DurationSensitivity >= less.DurationSensitivity - 1e-9

let private people = [|
    // One person with two recordings, of which all is found, and two whose AF is missed.
    "a", compare [ 0.0, 100.0 ] [ 0.0, 100.0 ]
    "a", compare [ 0.0, 100.0 ] [ 0.0, 100.0 ]
    "b", compare [ 0.0, 100.0 ] [ 200.0, 300.0 ]
    "c", compare [ 0.0, 100.0 ] []
|]

let private intervals rows =
    EpisodeBootstrap.interval95 1L 1000 (Array.map fst rows) (Array.map snd rows)

[<Fact>]
let ``intervals draw people with all of their recordings, in whatever order these come`` () =
    let byPerson = intervals people
    Assert.Equal(3, byPerson.Units)
    Assert.Equal(byPerson, intervals (Array.rev people))
    // Three draws of the same person happen once in 27 times.
    equal 0.0 byPerson.DurationSensitivity.Lower
    equal 1.0 byPerson.DurationSensitivity.Upper

    Assert.Equal(
        4,
        (people
         |> Array.mapi (fun i (_, comparison) -> string i, comparison)
         |> intervals)
            .Units
    )

[<Fact>]
let ``one person gives no interval`` () =
    let alone = people |> Array.take 2 |> intervals
    Assert.Equal(1, alone.Units)

    Assert.True(
        Double.IsNaN alone.DurationSensitivity.Lower
        && Double.IsNaN alone.DurationPpv.Upper
    )
