module Mina.Model.Tests.DisturbanceTests

open System
open Xunit
open FsCheck.Xunit
open Mina.Model
open Mina.Preprocess

/// A window of standard deviation 1, about.
let private trace =
    Array.init Shapes.Window (fun t -> float32 (sqrt 2.0 * sin (2.0 * Math.PI * 7.0 * float t / 300.0)))

let private deviation (x: float32[]) =
    let mean = Array.averageBy float x
    sqrt (x |> Array.averageBy (fun v -> (float v - mean) ** 2.0))

[<Fact>]
let ``noise has the power that its ratio says, and the window is normalised again`` () =
    for decibels in [ 24.0; 6.0; 0.0; -6.0 ] do
        let disturbed = Disturbance.noise decibels 1L "A00001" 500 trace
        Assert.Equal(1.0, deviation disturbed, 0.05)
        let scale = sqrt (1.0 + 10.0 ** (-decibels / 10.0))

        let added =
            Array.map2 (fun (d: float32) (v: float32) -> float32 (float d * scale) - v) disturbed trace

        Assert.Equal(10.0 ** (-decibels / 20.0), deviation added, 0.05 * 10.0 ** (-decibels / 20.0))

[<Fact>]
let ``wander moves slowly and as far as its amplitude`` () =
    let disturbed = Disturbance.wander 4.0 1L "A00001" 500 trace
    let scale = sqrt (1.0 + 8.0)

    let added =
        Array.map2 (fun (d: float32) (v: float32) -> float d * scale - float v) disturbed trace

    Assert.All(added, (fun a -> Assert.InRange(a, -4.001, 4.001)))
    let steps = added |> Array.pairwise |> Array.map (fun (a, b) -> abs (b - a))
    // 0.5 Hz at most.
    Assert.True(Array.max steps <= 4.0 * 2.0 * Math.PI * 0.5 / 300.0 + 1e-4)

[<Fact>]
let ``a strength only scales a window's disturbance, and another window or seed has another`` () =
    let added decibels id start seed =
        let scale = sqrt (1.0 + 10.0 ** (-decibels / 10.0))

        Array.map2
            (fun (d: float32) (v: float32) -> (float d * scale - float v) * 10.0 ** (decibels / 20.0))
            (Disturbance.noise decibels seed id start trace)
            trace

    let one = added 0.0 "a" 0 1L
    Array.iter2 (fun (a: float) b -> Assert.InRange(b - a, -1e-4, 1e-4)) one (added -6.0 "a" 0 1L)

    for other in [ added 0.0 "b" 0 1L; added 0.0 "a" 50 1L; added 0.0 "a" 0 2L ] do
        Assert.True(Array.exists2 (fun (a: float) b -> abs (a - b) > 0.5) one other)

[<Fact>]
let ``no wander leaves a window as it is`` () =
    Assert.Equal<float32>(trace, Disturbance.wander 0.0 1L "a" 0 trace)

let private windows n =
    Array.init n (fun i -> {
        RecordingId = $"r{i / 10:D3}"
        Start = 500 * (i % 10)
        Label = Nullable()
        Class = i % 2
        Probability = 0.5
    })

[<Property(MaxTest = 50)>]
let ``a sample is the same in whatever order the windows come, and sorted`` (seed: int) =
    let all = windows 200
    let shuffled = Array.copy all
    Random(seed).Shuffle shuffled
    let sample = Sampling.windows (int64 seed) 60 shuffled

    sample.Length = 60
    && sample = Sampling.windows (int64 seed) 60 all
    && sample = Array.sortBy (fun w -> w.RecordingId, w.Start) sample
    && (Array.distinct sample).Length = 60

[<Fact>]
let ``of fewer windows than asked for, all are taken`` () =
    Assert.Equal<WindowScore>(windows 20, Sampling.windows 1L 60 (windows 20))

[<Fact>]
let ``a mean's interval holds the mean, narrows with recordings and treats a recording's rows as one`` () =
    let rows recordings perRecording =
        let random = Random 5
        let own = Array.init recordings (fun _ -> random.NextDouble())
        Array.init (recordings * perRecording) (fun i -> $"r{i / perRecording}", own[i / perRecording])

    let interval rows =
        Bootstrap.mean95 1L 500 (Array.map snd rows) (Array.map fst rows)

    let struct (mean, lo, hi) = interval (rows 20 1)
    Assert.InRange(mean, lo, hi)
    let struct (_, lo10, hi10) = interval (rows 20 10)
    Assert.Equal(hi - lo, hi10 - lo10, 6)
    let struct (_, loMany, hiMany) = interval (rows 200 1)
    Assert.True(hiMany - loMany < 0.5 * (hi - lo))
    let struct (none, _, _) = interval [||]
    Assert.True(Double.IsNaN none)
