/// The inputs and weights that tests/golden/formula.py gives PyTorch, computed again.
module Mina.Model.Tests.FormulaGolden

open System
open Mina.Model
open Mina.Model.Tests.Golden
open Mina.Preprocess

let private signal channel row =
    let c, b = float channel, float row

    Array.init Shapes.Window (fun i ->
        let t = float i / 300.0

        sin (2.0 * Math.PI * (0.7 + 1.3 * c + 0.21 * b) * t + b)
        + 0.5 * sin (2.0 * Math.PI * (11.0 + 7.0 * c - b) * t * (1.0 + 0.01 * t))
        + (float ((i * (17 + row)) % 211) / 211.0 - 0.5) * 0.3)

let private variance (x: float[]) =
    let mean = Array.average x
    x |> Array.averageBy (fun v -> (v - mean) * (v - mean))

/// Three segments, of classes 1, 0, 1.
let batch: SegmentBatch =
    let b = SegmentBatch(3, Count = 3)

    for row in 0..2 do
        b.Class[row] <- int64 (1 - row % 2)
        let channels = Array.init 4 (fun c -> signal c row)
        let floats = Array.collect (Array.map float32)

        let beat (x: float[]) =
            Array.init x.Length (fun i -> if i = 0 then 0.0 else abs (x[i] - x[i - 1]))

        let rhythm (x: float[]) =
            x |> Array.chunkBySize 50 |> Array.map (variance >> sqrt)
        // The periodogram's sum, by Parseval.
        let frequency x = [| variance x * float Shapes.Window / 300.0 |]

        b.Set(
            row,
            floats channels,
            floats (Array.map beat channels),
            floats (Array.map rhythm channels),
            floats (Array.map frequency channels)
        )

    b

/// Weights by a formula of their place in the alphabet.
let weightsOf (layout: ParameterLayout) : float32[] =
    let order =
        layout.Names
        |> List.sortWith (fun a b -> String.CompareOrdinal(a, b))
        |> List.indexed
        |> List.map (fun (i, name) -> name, i)
        |> dict

    layout.ToTensors(Array.zeroCreate layout.Count)
    |> List.map (fun (name, t) ->
        let scale = if name.Contains "att_" then 1.0 else 0.4

        let number i =
            float32 (scale * sin (1.7 * float i + 0.3 * float (i % 7) + float order[name]))

        name,
        {
            t with
                Data = TensorData.F32(Array.init t.Data.Length number)
        })
    |> layout.FromTensors

/// The published network's.
let weights = weightsOf parameters
