module Mina.Model.Tests.BlankingTests

open System
open Xunit
open FsCheck
open FsCheck.Xunit
open Mina.Model

let private without (window: float32[]) chosen =
    Blanking.without (ReadOnlySpan window) chosen

[<Fact>]
let ``the most attended samples are chosen, the earlier of equals`` () =
    Assert.Equal<bool>([| false; true; true; false |], Blanking.highest [| 0.1f; 0.4f; 0.3f; 0.3f |] 0.5)
    Assert.Equal<bool>([| true; false |], Blanking.highest [| 0.5f; 0.5f |] 0.5)
    Assert.Throws<ArgumentException>(fun () -> Blanking.highest [| 1.0f |] 1.5 |> ignore)

[<Fact>]
let ``a blanked stretch is the straight line between its neighbours`` () =
    let chosen = [| false; true; true; true; false |]
    Assert.Equal<float32>([| 1f; 2f; 3f; 4f; 5f |], without [| 1f; 9f; -9f; 9f; 5f |] chosen)

[<Fact>]
let ``at an edge the line is level, and of nothing it is 0`` () =
    Assert.Equal<float32>(
        [| 3f; 3f; 3f; 7f; 7f |],
        without [| 8f; 8f; 3f; 7f; 8f |] [| true; true; false; false; true |]
    )

    Assert.Equal<float32>([| 0f; 0f |], without [| 8f; 8f |] [| true; true |])

[<Fact>]
let ``a shift carries stretches round the window's end`` () =
    let chosen = [| true; true; false; false; false |]
    Assert.Equal<bool>([| true; false; false; false; true |], Blanking.shifted chosen 4)
    Assert.Equal<bool>(chosen, Blanking.shifted chosen -5)

[<Fact>]
let ``the steepest samples lie about the complex, not on the slow waves`` () =
    let window =
        Array.init 1000 (fun t ->
            float32 (sin (float t / 100.0))
            + (if t >= 500 && t < 510 then float32 (t % 2) * 5f else 0f))

    let chosen = Blanking.steepest (ReadOnlySpan window) 0.02
    Assert.Equal(20, chosen |> Array.filter id |> Array.length)
    Assert.All(Array.indexed chosen, (fun (t, c) -> Assert.True(not c || abs (t - 505) < 30)))

[<Fact>]
let ``blanking elsewhere keeps the lengths, is never in the same place, and depends on the draw`` () =
    let chosen = Array.init 3000 (fun t -> t >= 100 && t < 400)
    let places = [ for draw in 0..9 -> Blanking.elsewhere 1L "a" 0 draw chosen ]
    Assert.All(places, (fun p -> Assert.Equal(300, p |> Array.filter id |> Array.length)))
    Assert.DoesNotContain(chosen, places)
    Assert.Equal(10, places |> List.distinct |> List.length)
    Assert.Equal<bool>(places[3], Blanking.elsewhere 1L "a" 0 3 chosen)

[<Property(MaxTest = 200)>]
let ``what is not chosen stays, and blanking adds no extremes`` (values: NormalFloat[]) (seed: int) =
    let window = values |> Array.map (fun v -> float32 (Math.Clamp(v.Get, -1e6, 1e6)))
    let random = Random seed
    let chosen = window |> Array.map (fun _ -> random.Next 2 = 0)
    let blanked = without window chosen

    Array.zip3 chosen window blanked
    |> Array.forall (fun (c, was, is) -> c || was = is)
    && (Array.forall id chosen
        || blanked
           |> Array.forall (fun v -> v >= Array.min window - 1f && v <= Array.max window + 1f))
