module Mina.Model.Tests.MinuteComparisonTests

open System
open Xunit
open FsCheck
open FsCheck.FSharp
open FsCheck.Xunit
open Mina.Model

let private span start ends : Span = { Start = start; End = ends }

let private counts (c: MinuteComparison) =
    c.Both, c.ReferenceOnly, c.DetectedOnly, c.Neither

let private compare reference detected excluded period =
    MinuteComparisons.compare (Array.ofList reference) (Array.ofList detected) (Array.ofList excluded) period

[<Fact>]
let ``a minute is AF from half of it on`` () =
    let c =
        compare
            [ span 30.0 60.0; span 90.1 120.0; span 120.0 180.0 ]
            [ span 0.0 15.0; span 40.0 55.0; span 130.0 150.0 ]
            []
            (span 0.0 180.0)

    // AF and detected in two parts; 29.9 s of AF is none; missed, since 20 s are no half.
    Assert.Equal((1, 1, 0, 1), counts c)
    Assert.Equal(0.5, c.Sensitivity)
    Assert.Equal(1.0, c.Ppv)

[<Fact>]
let ``a last minute counts where it has 30 s, and half of what it has is enough`` () =
    let all = span 0.0 1000.0
    Assert.Equal((1, 0, 0, 0), counts (compare [ all ] [ all ] [] (span 0.0 89.0)))
    Assert.Equal((2, 0, 0, 0), counts (compare [ all ] [ all ] [] (span 0.0 90.0)))
    Assert.Equal((0, 1, 0, 1), counts (compare [ span 75.0 90.0 ] [] [] (span 0.0 90.0)))

[<Fact>]
let ``what is excluded has no part in its minute, and minutes follow from the start of the period`` () =
    let flutter = [ span 0.0 30.0; span 60.0 100.0 ]
    let c = compare [ span 30.0 45.0 ] [ span 0.0 120.0 ] flutter (span 0.0 120.0)
    Assert.Equal((1, 0, 0, 0), counts c)
    Assert.Equal((0, 0, 1, 0), counts (compare [] [ span 0.0 400.0 ] [] (span 300.0 360.0)))

[<Fact>]
let ``without AF there is no sensitivity`` () =
    let c = compare [] [] [] (span 0.0 120.0)
    Assert.True(Double.IsNaN c.Sensitivity && Double.IsNaN c.Ppv)
    Assert.Equal(2, c.Minutes)

let private spans =
    Gen.listOf (Gen.two (Gen.choose (0, 900)))
    |> Gen.map (List.map (fun (start, length) -> span (float start) (float (start + length % 200))))

[<Property>]
let ``a recording against itself is perfect, and the two sides are alike`` () =
    Prop.forAll (Arb.fromGen (Gen.two spans)) (fun (a, b) ->
        let period = span 0.0 1000.0
        let own = compare a a [] period
        let there, back = compare a b [] period, compare b a [] period

        own.ReferenceOnly = 0
        && own.DetectedOnly = 0
        && counts back = (there.Both, there.DetectedOnly, there.ReferenceOnly, there.Neither)
        && there.Minutes = 17)
