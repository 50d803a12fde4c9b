module Mina.Model.Tests.AttentionsTests

open System
open Xunit
open FsCheck.Xunit
open FsCheck.FSharp
open Mina.Model
open Mina.Preprocess

let private samples (alpha: float32[]) = Attentions.samples (ReadOnlySpan alpha)

let private positionsAt (p: int) =
    Array.init 10 (fun i -> if i = p then 1.0f else 0.0f)

[<Fact>]
let ``even attention to positions is even attention to samples`` () =
    let even = samples (Array.create 600 0.1f)
    Assert.Equal(Shapes.Window, even.Length)
    Assert.All(even, (fun a -> Assert.Equal(0.02, float a, 6)))

[<Fact>]
let ``one position is seen under its kernel and nowhere else, more where fewer positions look`` () =
    let first = samples (positionsAt 0)
    // Samples 0 and 1 lie under position 0 alone, 2 and 3 under two positions, 18 to 31 under all ten.
    Assert.Equal(float first[0] / 2.0, float first[2], 6)
    Assert.Equal(float first[0] / 10.0, float first[31], 6)
    Assert.All(first[32..], (fun a -> Assert.Equal(0.0f, a)))
    let last = samples (positionsAt 9)
    Assert.All(last[..17], (fun a -> Assert.Equal(0.0f, a)))
    Assert.Equal<float32>(Array.rev first, last)

[<Fact>]
let ``sub-segments stay in their places`` () =
    let alpha =
        Array.concat [ Array.create 10 0.0f; positionsAt 4; Array.create 10 0.0f ]

    let attention = samples alpha
    Assert.All(Array.append attention[..57] attention[90..], (fun a -> Assert.Equal(0.0f, a)))
    Assert.All(attention[58..89], (fun a -> Assert.True(a > 0.0f)))

[<Fact>]
let ``what is no whole number of sub-segments is refused`` () =
    Assert.Throws<ArgumentException>(fun () -> samples (Array.zeroCreate 15) |> ignore)

/// Attention of a batch of two windows as a network gives it: shares.
type Generators =
    static member Explanation() =
        let shares rows n =
            gen {
                let! numbers = Gen.arrayOfLength (rows * n) (Gen.choose (1, 1000))

                return
                    numbers
                    |> Array.chunkBySize n
                    |> Array.collect (fun row ->
                        let all = float (Array.sum row)
                        row |> Array.map (fun v -> float32 (float v / all)))
            }

        gen {
            let! alpha = Gen.arrayOfLength Shapes.Channels (shares (2 * Shapes.SubSegments) 10)
            let! beta = Gen.arrayOfLength Shapes.Channels (shares 2 Shapes.SubSegments)
            let! gamma = shares 2 Shapes.Channels

            return {
                Probability = [| 0.25f; 0.75f |]
                Alpha = alpha
                Beta = beta
                Gamma = gamma
            }
        }
        |> Arb.fromGen

let private near (a: float) (b: float) = abs (a - b) < 1e-4

[<Properties(Arbitrary = [| typeof<Generators> |], MaxTest = 30)>]
module Properties =
    [<Property>]
    let ``each sub-segment's samples add up to 1, and weighed by rhythm to its rhythm attention`` (e: Explanation) =
        let attention = Attentions.ofRow e 1

        [ 0 .. Shapes.Channels - 1 ]
        |> List.forall (fun c ->
            let weighed = Attentions.ofChannel attention c

            let sums by =
                Array.chunkBySize Shapes.SubSegment by |> Array.map (Array.sumBy float)

            Array.forall (near 1.0) (sums attention.Beat[c])
            && Array.forall2 (fun sum beta -> near sum (float beta)) (sums weighed) attention.Rhythm[c])

    [<Property>]
    let ``all channels together add up to 1, each to its frequency attention`` (e: Explanation) =
        let attention = Attentions.ofRow e 0
        let one = Attentions.overall attention |> Array.sumBy float

        let alone c =
            {
                attention with
                    Frequency = Array.init Shapes.Channels (fun i -> if i = c then attention.Frequency[c] else 0.0f)
            }
            |> Attentions.overall
            |> Array.sumBy float

        near one 1.0
        && [ 0 .. Shapes.Channels - 1 ]
           |> List.forall (fun c -> near (alone c) (float attention.Frequency[c]))

    [<Property>]
    let ``a row of a batch is explained by its own numbers`` (e: Explanation) =
        let attention = Attentions.ofRow e 1

        attention.Probability = 0.75
        && attention.Rhythm[2] = Array.sub e.Beta[2] 60 60
        && attention.Frequency = Array.sub e.Gamma 4 4
        && attention.Beat[3] = samples (Array.sub e.Alpha[3] 600 600)
