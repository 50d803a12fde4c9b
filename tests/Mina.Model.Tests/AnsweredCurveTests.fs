module Mina.Model.Tests.AnsweredCurveTests

open System
open Xunit
open FsCheck
open FsCheck.FSharp
open FsCheck.Xunit
open Mina.Model

let private known (values: float list) = [| for v in values -> Nullable v |]

[<Fact>]
let ``what is nearest to the threshold is left unanswered first`` () =
    // Right far from 0.5, wrong near to it.
    let probabilities = known [ 0.99; 0.9; 0.6; 0.55; 0.45; 0.4; 0.1; 0.01; 0.02; 0.03 ]
    let classes = [| 1; 1; 0; 0; 1; 1; 0; 0; 0; 0 |]
    let curve = AnsweredCurves.compute 0.5 probabilities classes
    Assert.Equal(1.0, curve[0].Share)
    Assert.Equal(0.5, curve[0].Sensitivity)
    Assert.Equal(0.5, curve[0].Ppv)
    let six = curve |> Array.find (fun p -> p.Share = 0.6)
    Assert.Equal(1.0, six.Sensitivity)
    Assert.Equal(1.0, six.Ppv)
    Assert.Equal(1.0, six.Specificity)
    Assert.Equal(0.4, six.Margin, 12)

[<Fact>]
let ``rows without a probability are never answered, and rows of one distance together`` () =
    let probabilities = Array.append (known [ 0.75; 0.25; 0.75 ]) [| Nullable() |]

    let curve = AnsweredCurves.compute 0.5 probabilities [| 1; 0; 0; 1 |]
    let point = Assert.Single curve
    Assert.Equal(0.75, point.Share)
    Assert.Equal(0.5, point.Ppv)
    Assert.Empty(AnsweredCurves.compute 0.5 [| Nullable() |] [| 1 |])

[<Property>]
let ``shares fall and margins grow along the curve`` (rows: (NormalFloat * bool) list) =
    let probabilities = [| for NormalFloat value, _ in rows -> Nullable(1.0 / (1.0 + exp -value)) |]

    let curve =
        AnsweredCurves.compute 0.5 probabilities [| for _, isAF in rows -> if isAF then 1 else 0 |]

    curve
    |> Array.pairwise
    |> Array.forall (fun (a, b) -> b.Share < a.Share && b.Margin > a.Margin)
    && (rows.IsEmpty || curve[0].Share = 1.0)
