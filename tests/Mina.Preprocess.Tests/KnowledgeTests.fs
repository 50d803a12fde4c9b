/// Beat, rhythm and frequency knowledge against their definitions.
module Mina.Preprocess.Tests.KnowledgeTests

open System
open FsCheck.Xunit
open Mina.Preprocess
open Mina.Preprocess.Tests.Signals
open Xunit

let private rhythmAndFrequency (x: float32[]) =
    let rhythm = Array.zeroCreate<float32>(x.Length / Shapes.SubSegment)

    let frequency =
        Knowledge.RhythmAndFrequency(x, Shapes.SubSegment, Shapes.Fs, rhythm)

    rhythm, frequency

let private deviation (x: float[]) =
    let mean = Array.average x
    sqrt (Array.averageBy (fun v -> (v - mean) ** 2.0) x)

/// The sum of scipy.signal.periodogram(x, fs): boxcar, constant detrend, density, one-sided; a plain DFT.
let private periodogramSum (fs: float) (x: float[]) =
    let n = x.Length
    let mean = Array.average x
    let cosines = Array.init n (fun i -> cos (2.0 * Math.PI * float i / float n))
    let sines = Array.init n (fun i -> sin (2.0 * Math.PI * float i / float n))
    let mutable total = 0.0

    for f in 0 .. n / 2 do
        let mutable re, im = 0.0, 0.0

        for t in 0 .. n - 1 do
            let at = int (int64 f * int64 t % int64 n)
            re <- re + (x[t] - mean) * cosines[at]
            im <- im - (x[t] - mean) * sines[at]

        let twoSided = f = 0 || (n % 2 = 0 && f = n / 2)
        total <- total + (re * re + im * im) / (fs * float n) * (if twoSided then 1.0 else 2.0)

    total

[<Property(MaxTest = 20, Arbitrary = [| typeof<Arbitraries> |])>]
let ``beat knowledge is the size of each step, 0 first and never negative`` (t: Trace) =
    let beat = Array.create t.Samples.Length Single.NaN
    Knowledge.Beat(ReadOnlySpan<float32>(t.Samples), Span<float32>(beat))
    Assert.Equal(0.0f, beat[0])
    Assert.All(beat, (fun b -> Assert.True(b >= 0.0f)))
    sameBits "steps" (t.Samples |> Array.pairwise |> Array.map (fun (a, b) -> abs (b - a))) beat[1..]

[<Property(MaxTest = 20, Arbitrary = [| typeof<Arbitraries> |])>]
let ``beat knowledge of a slow channel counts what rounding would take from its samples`` (t: Trace) (Any size) =
    // A ramp whose steps are far below what a float near 1000 can tell.
    let exact =
        Array.init (1 + int size % 3000) (fun i -> 1000.0 + 1e-6 * float i * float (1 + t.Seed % 7))

    let beat = Array.create exact.Length Single.NaN
    Knowledge.Beat(ReadOnlySpan<float>(exact), Span<float32>(beat))
    Assert.Equal(0.0f, beat[0])
    let steps = exact |> Array.pairwise |> Array.map (fun (a, b) -> b - a)
    near "steps" 1e-12 steps (Array.map float beat[1..])

[<Property(MaxTest = 30, Arbitrary = [| typeof<Arbitraries> |])>]
let ``rhythm knowledge is the population standard deviation of each sub-segment`` (t: Trace) =
    let x = Array.truncate Shapes.Window t.Samples
    let rhythm, _ = rhythmAndFrequency x

    let expected =
        x
        |> Array.map float
        |> Array.chunkBySize Shapes.SubSegment
        |> Array.map deviation

    near "rhythm" 1e-6 expected (Array.map float rhythm)

[<Property>]
let ``rhythm knowledge of a constant sub-segment is exactly 0`` (value: int) (scale: byte) (place: byte) =
    let constant = float32 value / float32 (1 + int scale)
    let m = int place % Shapes.SubSegments
    let x = trace value 300.0 Shapes.Window
    Array.fill x (m * Shapes.SubSegment) Shapes.SubSegment constant
    let rhythm, _ = rhythmAndFrequency x
    Assert.Equal(0.0f, rhythm[m])
    Assert.All(rhythm, (fun r -> Assert.True(r >= 0.0f)))

[<Property(MaxTest = 5, Arbitrary = [| typeof<Arbitraries> |])>]
let ``frequency knowledge of a window is the sum of its one-sided periodogram (Parseval)`` (t: Trace) =
    let x = Array.truncate Shapes.Window t.Samples
    let _, frequency = rhythmAndFrequency x
    let expected = periodogramSum 300.0 (Array.map float x)
    Assert.InRange(float frequency, expected * (1.0 - 1e-5), expected * (1.0 + 1e-5))

[<Property(MaxTest = 30, Arbitrary = [| typeof<Arbitraries> |])>]
let ``frequency knowledge holds at a large offset and at every length`` (t: Trace) (parts: byte) =
    let n = Shapes.SubSegment * (1 + int parts % 8)
    let x = Array.init n (fun i -> 100.0f + t.Samples[i])
    let _, frequency = rhythmAndFrequency x
    let expected = periodogramSum 300.0 (Array.map float x)
    Assert.InRange(float frequency, expected * (1.0 - 1e-5), expected * (1.0 + 1e-5))

[<Fact>]
let ``frequency knowledge of a constant is exactly 0`` () =
    let _, frequency = rhythmAndFrequency (Array.create Shapes.Window 0.1f)
    Assert.Equal(0.0f, frequency)
