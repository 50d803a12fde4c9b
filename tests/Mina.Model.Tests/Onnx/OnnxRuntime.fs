/// Runs Mina's graphs in ONNX Runtime.
module Mina.Model.Tests.OnnxRuntime

open System
open System.Collections.Generic
open Microsoft.ML.OnnxRuntime
open Mina.Model
open Mina.Model.Onnx
open Xunit

/// The graph of that name of a detector.
let graphOf (detector: Detector) (name: string) =
    OnnxExport.encodeAll detector
    |> Array.pick (fun (struct (found, bytes)) -> if found = name then Some bytes else None)

/// A session of one thread with a graph.
let session (graph: byte[]) =
    use options = new SessionOptions(IntraOpNumThreads = 1, InterOpNumThreads = 1)
    new InferenceSession(graph, options)

/// The graph of that name of the shipped model.
let shipped (name: string) = graphOf Detector.Shipped name

let floats (data: float32[]) (shape: int list) =
    OrtValue.CreateTensorValueFromMemory(data, [| for size in shape -> int64 size |])

let doubles (data: float[]) (shape: int list) =
    OrtValue.CreateTensorValueFromMemory(data, [| for size in shape -> int64 size |])

let integers (data: int64[]) =
    OrtValue.CreateTensorValueFromMemory(data, [| data.LongLength |])

/// The outputs of a graph by name.
type Outputs(values: IReadOnlyDictionary<string, OrtValue>) =
    member _.Floats(name: string) =
        values[name].GetTensorDataAsSpan<float32>().ToArray()

    member _.Doubles(name: string) =
        values[name].GetTensorDataAsSpan<float>().ToArray()

    member _.Shape(name: string) =
        values[name].GetTensorTypeAndShape().Shape

    interface IDisposable with
        member _.Dispose() =
            for value in values.Values do
                value.Dispose()

/// Runs a graph, and frees its inputs.
let run (session: InferenceSession) (inputs: (string * OrtValue) list) =
    use options = new RunOptions()

    try
        let names = Seq.toArray session.OutputMetadata.Keys

        let values = session.Run(options, List.map fst inputs, List.map snd inputs, names)

        new Outputs(dict (Seq.zip names values) |> Dictionary)
    finally
        for _, value in inputs do
            value.Dispose()

/// Whether two rows of numbers are equal to 1e-5 everywhere; NaN is equal to NaN.
let equal (what: string) (expected: float[]) (actual: float[]) =
    Assert.Equal(expected.Length, actual.Length)

    for i in 0 .. expected.Length - 1 do
        let isSame =
            abs (expected[i] - actual[i]) <= 1e-5
            || Double.IsNaN expected[i] && Double.IsNaN actual[i]

        Assert.True(isSame, $"%s{what}[%d{i}] is %.8g{actual[i]} in ONNX Runtime and %.8g{expected[i]} in Mina")
