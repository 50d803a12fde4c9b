/// Windows of a signal that is filtered once, against windows alone and against the definitions, written plainly.
module Mina.Preprocess.Tests.SegmentCutterTests

open System
open FsCheck.Xunit
open Mina.Preprocess
open Mina.Preprocess.Tests.Signals
open Xunit

let private settings = PreprocessSettings.Default

let private rowsOf (cutter: SegmentCutter) start =
    let rows = Segments()
    rows.Resize 1
    cutter.Write(start, rows, 0)
    rows

/// The segment at `start` of a signal whose sub-segments are kept from `grid` on.
let private cut (width: int) (signal: float32[]) grid start =
    let cutter = SegmentCutter(settings, width)
    cutter.Filter(signal, grid)
    rowsOf cutter start

/// numpy.convolve(window, taps, 'same'), in double.
let private same (window: float[]) (taps: float[]) =
    let half = taps.Length / 2

    Array.init window.Length (fun t ->
        let mutable sum = 0.0

        for k in 0 .. taps.Length - 1 do
            let at = t + k - half

            if at >= 0 && at < window.Length then
                sum <- sum + taps[k] * window[at]

        sum)

/// The definitions of the paper, in double and one step after the other.
let private plain (window: float[]) =
    let bank = FirBank settings

    let channels = [|
        window
        same window (bank.Low.ToArray())
        same window (bank.Band.ToArray())
        same window (bank.High.ToArray())
    |]

    let deviation (x: float[]) =
        let mean = Array.average x
        sqrt (x |> Array.averageBy (fun v -> (v - mean) ** 2.0))

    let beat (x: float[]) =
        Array.append [| 0.0 |] (x |> Array.pairwise |> Array.map (fun (a, b) -> abs (b - a)))

    let rhythm x =
        x |> Array.chunkBySize Shapes.SubSegment |> Array.map deviation

    let frequency x =
        deviation x ** 2.0 * float Shapes.Window / float Shapes.Fs

    Array.concat channels,
    Array.concat (Array.map beat channels),
    Array.concat (Array.map rhythm channels),
    Array.map frequency channels

[<Property(MaxTest = 10, Arbitrary = [| typeof<Arbitraries> |])>]
let ``a window of a longer signal has the segment that the definitions give`` (t: Trace) (Any at) =
    let start = int at % (t.Samples.Length - Shapes.Window + 1)
    let rows = cut 0 t.Samples 0 start

    let x, beat, rhythm, frequency =
        plain (Array.sub t.Samples start Shapes.Window |> Array.map float)

    near "x" 4e-6 x (Array.map float rows.X)
    near "beat" 4e-6 beat (Array.map float rows.KBeat)

    near
        "slow beat"
        1e-8
        beat[Shapes.Window .. 2 * Shapes.Window - 1]
        (row rows.KBeat Shapes.Window 1 |> Array.map float)

    near "rhythm" 2e-6 rhythm (Array.map float rows.KRhythm)
    near "frequency" 1e-4 frequency (Array.map float rows.KFreq)

[<Property(MaxTest = 20, Arbitrary = [| typeof<Arbitraries> |])>]
let ``a window of a longer signal has the bits of the window alone, wherever it starts and sub-segments are kept``
    (t: Trace)
    (Any at)
    (Any grid)
    =
    let start = int at % (t.Samples.Length - Shapes.Window + 1)
    let alone = cut 0 (Array.sub t.Samples start Shapes.Window) 0 0

    for grid in [ start; int grid % 1000 ] do
        sameBits $"grid %d{grid}" (segment alone 0) (segment (cut 0 t.Samples grid start) 0)

[<Property(MaxTest = 10, Arbitrary = [| typeof<Arbitraries> |])>]
let ``registers of any width give the same segment, bit for bit`` (t: Trace) (Any at) =
    let start = int at % (t.Samples.Length - Shapes.Window + 1)
    let widest = segment (cut 0 t.Samples 0 start) 0

    for width in [ 128; 256 ] do
        sameBits $"%d{width} bits" widest (segment (cut width t.Samples 0 start) 0)

[<Fact>]
let ``a signal is filtered from the start, whatever was filtered before`` () =
    let cutter = SegmentCutter settings
    let large = Array.map (fun v -> 100.0f * v) (trace 1 300.0 9000)
    cutter.Filter(large, 0)
    let signal = trace 2 300.0 3700
    cutter.Filter(signal, 0)

    for start in [ 0; 50; 333; 700 ] do
        sameBits $"start %d{start}" (segment (cut 0 signal 0 start) 0) (segment (rowsOf cutter start) 0)

[<Fact>]
let ``filters that reach over a third of a window are applied too`` () =
    let long = PreprocessSettings(LowTaps = 2001, LowCutHz = 0.3)
    let signal = trace 3 300.0 4000
    let cutter = SegmentCutter long
    cutter.Filter(signal, 0)
    let alone = SegmentCutter long
    let window = Array.sub signal 400 Shapes.Window
    alone.Filter(window, 0)
    sameBits "segment" (segment (rowsOf alone 0) 0) (segment (rowsOf cutter 400) 0)
