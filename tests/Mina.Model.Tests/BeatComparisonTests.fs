module Mina.Model.Tests.BeatComparisonTests

open System
open Xunit
open FsCheck
open FsCheck.FSharp
open FsCheck.Xunit
open Mina.Model

let private classOf (letter: char) : BeatClass =
    enum (Array.IndexOf([| 'N'; 'S'; 'V'; 'F'; 'Q' |], letter))

let private marks (beats: (int * char) list) : BeatMarks = {
    Beats = [|
        for tick, letter in beats ->
            {
                Tick = int64 tick
                Class = classOf letter
            }
    |]
    Unreadable = [||]
    Fibrillation = [||]
}

let private span first last : TickSpan = { First = first; Last = last }

/// At 1,000 ticks a second, over a minute.
let private compare reference detected =
    BeatComparisons.compare 150L 0L 60000L reference detected

let private pairs (c: BeatComparison) = [
    for row in 0..6 do
        for column in 0..6 do
            for _ in 1 .. c.Pairs[row][column] do
                BeatComparison.Names[row] + BeatComparison.Names[column].ToLowerInvariant()
]

let private close (expected: float) (actual: float) =
    Assert.True(abs (expected - actual) < 1e-12, $"expected {expected}, got {actual}")

[<Fact>]
let ``a beat within 150 ms is found, one a millisecond further is missed and another too many`` () =
    Assert.Equal<string list>([ "Nn" ], pairs (compare (marks [ 1000, 'N' ]) (marks [ 1150, 'N' ])))
    Assert.Equal<string list>([ "Nn" ], pairs (compare (marks [ 1000, 'N' ]) (marks [ 850, 'N' ])))
    Assert.Equal<string list>([ "No"; "On" ], pairs (compare (marks [ 1000, 'N' ]) (marks [ 1151, 'N' ])))

[<Fact>]
let ``of two marks near a beat the nearer one is its, and the other one too many`` () =
    Assert.Equal<string list>([ "Nv"; "On" ], pairs (compare (marks [ 1000, 'N' ]) (marks [ 900, 'N'; 1050, 'V' ])))

    Assert.Equal<string list>([ "Nn"; "Ov" ], pairs (compare (marks [ 1000, 'N' ]) (marks [ 950, 'N'; 1100, 'V' ])))

[<Fact>]
let ``of two beats near a mark the nearer one is found, and the other one missed`` () =
    Assert.Equal<string list>([ "No"; "Vn" ], pairs (compare (marks [ 900, 'N'; 1040, 'V' ]) (marks [ 1020, 'N' ])))

[<Fact>]
let ``figures of a small case are those counted by hand`` () =
    // Reference: six N, two V, one S, one F. One N is missed, one V called N, the F called V, one mark is no beat.
    let reference =
        marks [
            1000, 'N'
            2000, 'N'
            3000, 'V'
            4000, 'N'
            5000, 'S'
            6000, 'N'
            7000, 'V'
            8000, 'F'
            9000, 'N'
            10000, 'N'
        ]

    let detected =
        marks [
            1010, 'N'
            2010, 'V'
            3010, 'V'
            4500, 'V'
            5010, 'S'
            6010, 'S'
            7010, 'N'
            8010, 'V'
            9010, 'N'
            10010, 'N'
        ]

    let c = compare reference detected
    Assert.Equal<string list>([ "Nn"; "Nn"; "Nn"; "Ns"; "Nv"; "No"; "Ss"; "Vn"; "Vv"; "Fv"; "Ov" ], pairs c)
    close (9.0 / 10.0) c.Sensitivity
    close (9.0 / 10.0) c.Ppv
    close (1.0 / 2.0) c.VebSensitivity
    // One true; false are the N and the extra one, not the F.
    close (1.0 / 3.0) c.VebPpv
    // Not ventricular: six N, S, F, and the extra one, of which the missed N, the S, the F count only where judged not
    // V.
    close (2.0 / 7.0) c.VebFalsePositiveRate
    close 1.0 c.SvebSensitivity
    close (1.0 / 2.0) c.SvebPpv

[<Fact>]
let ``the learning period is left out, with what matches beats in it`` () =
    let at first reference detected =
        pairs (BeatComparisons.compare 150L first 60000L (marks reference) (marks detected))

    // The first beat's mark lies before the period: found. The mark in the period belongs to a beat before it: not
    // counted.
    Assert.Equal<string list>([ "Nn" ], at 1000L [ 1005, 'N' ] [ 990, 'N' ])
    Assert.Equal<string list>([ "Nn" ], at 1000L [ 990, 'N'; 1800, 'N' ] [ 1010, 'N'; 1800, 'N' ])
    // Without a period before it, a mark at the very beginning counts.
    Assert.Equal<string list>([ "Nn"; "On" ], at 0L [ 800, 'N' ] [ 10, 'N'; 800, 'N' ])

[<Fact>]
let ``a beat after the end still has its partner before it`` () =
    let c =
        BeatComparisons.compare 150L 0L 1000L (marks [ 990, 'N'; 1800, 'N' ]) (marks [ 1010, 'N'; 1800, 'N' ])

    Assert.Equal<string list>([ "Nn" ], pairs c)

[<Fact>]
let ``what is missed while a side cannot read the signal is counted apart, and fibrillation has no beats`` () =
    let reference = marks [ 1000, 'N'; 5000, 'V' ]
    let detected = marks [ 3000, 'N'; 7000, 'N' ]

    let c =
        compare
            {
                reference with
                    Unreadable = [| span 2500L 3500L |]
                    Fibrillation = [| span 6500L 7500L |]
            }
            {
                detected with
                    Unreadable = [| span 4500L 5500L |]
            }

    Assert.Equal<string list>([ "No"; "Vx"; "Xn" ], pairs c)
    Assert.Equal(2, c.ReferenceBeats)
    Assert.Equal(1, c.DetectedBeats)

[<Fact>]
let ``a side without beats has no ratio of its own`` () =
    let c = compare (marks []) (marks [ 1000, 'N' ])
    Assert.True(Double.IsNaN c.Sensitivity)
    close 0.0 c.Ppv
    Assert.True(Double.IsNaN c.VebSensitivity)

[<Fact>]
let ``gross figures are ratios of sums, averages means of ratios`` () =
    let perfect =
        compare (marks [ for k in 1..9 -> k * 1000, 'N' ]) (marks [ for k in 1..9 -> k * 1000, 'N' ])

    let half = compare (marks [ 1000, 'N'; 2000, 'N' ]) (marks [ 1000, 'N' ])
    close (10.0 / 11.0) (BeatComparisons.gross [ perfect; half ]).Sensitivity
    close 0.75 (BeatComparisons.average (Func<_, _> _.Sensitivity) [ perfect; half ])

let private someMarks =
    gen {
        let! gaps = Gen.listOf (Gen.choose (1, 900))

        let! letters =
            Gen.listOfLength gaps.Length (Gen.elements [ 'N'; 'S'; 'V'; 'F'; 'Q' ])

        return marks (List.zip (List.scan (+) 0 gaps |> List.tail) letters)
    }

[<Property>]
let ``a record against itself is perfect`` () =
    Prop.forAll (Arb.fromGen someMarks) (fun beats ->
        let c = compare beats beats

        let diagonal = [ for k in 0..4 -> c.Pairs[k][k] ] |> List.sum

        diagonal = c.ReferenceBeats && diagonal = c.DetectedBeats)

[<Property>]
let ``every beat of either side within the period is counted once`` () =
    Prop.forAll (Arb.fromGen (Gen.two someMarks)) (fun (reference, detected) ->
        let c = BeatComparisons.compare 150L 0L (Int64.MaxValue / 8L) reference detected

        c.ReferenceBeats = reference.Beats.Length
        && c.DetectedBeats = detected.Beats.Length)

[<Property>]
let ``shifting both sides changes nothing`` () =
    Prop.forAll (Arb.fromGen (Gen.two someMarks)) (fun (reference, detected) ->
        let later (m: BeatMarks) = {
            m with
                Beats = m.Beats |> Array.map (fun b -> { b with Tick = b.Tick + 777L })
        }

        let whole = BeatComparisons.compare 150L 0L (Int64.MaxValue / 8L)
        whole reference detected = whole (later reference) (later detected))
