module Mina.Model.Tests.TemperatureTests

open System
open Xunit
open FsCheck.Xunit
open FsCheck.FSharp
open Mina.Model

type Scored = { Margins: float[]; Classes: int[] }

type Generators =
    /// Margins of some spread, and classes that they tell something of.
    static member Scored() =
        gen {
            let! n = Gen.choose (20, 200)
            let! spread = Gen.elements [ 1; 5; 20 ]
            let! margins = Gen.arrayOfLength n (Gen.choose (-100 * spread, 100 * spread))
            let! noise = Gen.arrayOfLength n (Gen.choose (-100, 100))

            return {
                Margins = margins |> Array.map (fun m -> float m / 100.0)
                Classes = Array.map2 (fun m e -> if float m / float spread + float e > 0.0 then 1 else 0) margins noise
            }
        }
        |> Arb.fromGen

[<Properties(Arbitrary = [| typeof<Generators> |], MaxTest = 200)>]
module Properties =
    [<Property>]
    let ``no other temperature has a lower loss`` (scored: Scored) =
        let fitted = Temperature.fit scored.Margins scored.Classes

        let loss t =
            Temperature.loss t scored.Margins scored.Classes

        let both = Array.contains 0 scored.Classes && Array.contains 1 scored.Classes

        not both
        || [ 0.05; 0.1; 0.5; 0.9 * fitted; 1.0; 1.1 * fitted; 2.0; 20.0 ]
           |> List.filter (fun t -> t >= Temperature.lowest && t <= Temperature.highest)
           |> List.forall (fun t -> loss fitted <= loss t + 1e-9)

    [<Property>]
    let ``margins scaled up ask for a temperature scaled up`` (scored: Scored) =
        let fitted = Temperature.fit scored.Margins scored.Classes
        let doubled = Temperature.fit (scored.Margins |> Array.map ((*) 2.0)) scored.Classes
        let both = Array.contains 0 scored.Classes && Array.contains 1 scored.Classes

        not both
        || fitted <= Temperature.lowest * 1.001
        || doubled >= Temperature.highest * 0.999
        || abs (doubled / fitted - 2.0) < 1e-6

    [<Property>]
    let ``it changes no order and no side of one half`` (scored: Scored) =
        let t = Temperature.fit scored.Margins scored.Classes
        let tempered = scored.Margins |> Array.map (Temperature.probability t)

        Array.forall2
            (fun (m: float) p -> m > 0.0 && p > 0.5 || m < 0.0 && p < 0.5 || m = 0.0 && p = 0.5)
            scored.Margins
            tempered

[<Fact>]
let ``the temperature that classes were drawn at is found again`` () =
    let random = Random 20261124
    let margins = Array.init 20_000 (fun _ -> random.NextDouble() * 16.0 - 8.0)

    let classes =
        margins
        |> Array.map (fun m ->
            if random.NextDouble() < Temperature.probability 2.5 m then
                1
            else
                0)

    Assert.InRange(Temperature.fit margins classes, 2.4, 2.6)

[<Fact>]
let ``one class alone leaves probabilities as they are, and perfect margins ask for the lowest temperature`` () =
    Assert.Equal(1.0, Temperature.fit [| 1.0; -1.0 |] [| 1; 1 |])
    Assert.Equal(1.0, Temperature.fit [||] [||])
    Assert.Equal(Temperature.lowest, Temperature.fit [| 1.0; -1.0 |] [| 1; 0 |])
    Assert.Equal(Temperature.highest, Temperature.fit [| 1.0; -1.0 |] [| 0; 1 |])

[<Fact>]
let ``the loss of extreme margins is finite`` () =
    Assert.Equal(2000.0, Temperature.loss 0.5 [| 1000.0 |] [| 0 |], 9)
    Assert.Equal(0.0, Temperature.loss 0.5 [| 1000.0 |] [| 1 |], 9)

[<Fact>]
let ``a tempered probability tells what it was before`` () =
    for margin in [ -6.0; -0.3; 0.0; 2.5 ] do
        let before = Temperature.probability 1.0 margin
        Assert.Equal(before, Temperature.untempered 1.7 (Temperature.probability 1.7 margin), 9)

    Assert.Equal(1.0, Temperature.untempered 1.7 1.0)
    Assert.Equal(0.0, Temperature.untempered 1.7 0.0)
