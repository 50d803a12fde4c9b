/// Recordings to try things on, and comparisons.
module Mina.Preprocess.Tests.Signals

open System
open FsCheck.FSharp
open Mina.Preprocess
open Xunit

/// A trace of `length` samples at `fs` Hz: beats at a wandering rate, baseline wander, mains hum and noise, in mV.
let trace (seed: int) (fs: float) length =
    let random = Random seed
    let rate = 0.8 + 1.2 * random.NextDouble()
    let wander = 0.1 + 0.5 * random.NextDouble()
    let noise = 0.05 * random.NextDouble()
    let offset = 2.0 * random.NextDouble() - 1.0
    let mutable next = random.NextDouble() / rate

    Array.init length (fun t ->
        let s = float t / fs

        if s > next + 0.2 then
            next <- next + (0.6 + 0.8 * random.NextDouble()) / rate

        let beat = exp (-((s - next) ** 2.0) / (2.0 * 0.012 ** 2.0))
        let baseline = wander * sin (2.0 * Math.PI * 0.3 * s)
        let hum = 0.03 * sin (2.0 * Math.PI * 60.0 * s)
        float32 (offset + beat + baseline + hum + noise * (random.NextDouble() - 0.5)))

/// A gap-free trace at 300 Hz of one window to 30 s; its array belongs to the test.
type Trace = { Seed: int; Samples: float32[] }

/// A trace of 10 to 60 s, one to four stretches of which are missing (NaN or infinite).
type GappyTrace = { Fs: float; Holed: float32[] }

let private holed fs samples (holes: (int * int * float32) list) =
    let length = Array.length samples

    for at, width, what in holes do
        for t in at % length .. min (length - 1) (at % length + width) do
            samples[t] <- what

    { Fs = fs; Holed = samples }

/// Any number from 0 up, small and large alike (FsCheck's own integers stay small).
type Any = Any of int

type Arbitraries =
    static member Any() =
        Gen.choose (0, Int32.MaxValue) |> Gen.map Any |> Arb.fromGen

    static member Trace() =
        gen {
            let! seed = Gen.choose (0, Int32.MaxValue)
            let! length = Gen.choose (Shapes.Window, 9000)

            return {
                Seed = seed
                Samples = trace seed 300.0 length
            }
        }
        |> Arb.fromGen

    static member GappyTrace() =
        gen {
            let! seed = Gen.choose (0, Int32.MaxValue)
            let! fs = Gen.elements [ 300.0; 360.0; 200.0; 250.0 ]
            let! seconds = Gen.choose (10, 60)
            let samples = trace seed fs (seconds * int fs)

            let! holes =
                Gen.zip3
                    (Gen.choose (0, samples.Length - 1))
                    (Gen.choose (0, 200))
                    (Gen.elements [ Single.NaN; Single.PositiveInfinity; Single.NegativeInfinity ])
                |> Gen.listOf
                |> Gen.map (List.truncate 3)

            let! at = Gen.choose (0, samples.Length - 1)
            return holed fs samples ((at, 0, Single.NaN) :: holes)
        }
        |> Arb.fromGen

let recording fs samples = Recording("R1", fs, samples)

let labelled (label: Label) samples =
    Recording("R1", 300.0, samples, Label = label)

/// The segments of a recording that must be taken.
let taken (recording: Recording) =
    let rows = Segments()

    match Preprocessor(PreprocessSettings.Default).Run(recording, rows) with
    | null -> rows
    | rejection -> failwith rejection.Message

/// Why a recording that must be rejected is rejected.
let rejected (recording: Recording) =
    let rows = Segments()

    match Preprocessor(PreprocessSettings.Default).Run(recording, rows) with
    | null -> failwith "The recording was taken."
    | rejection ->
        Assert.Equal(0, rows.Count)
        Assert.Equal(recording.Id, rejection.Id)
        rejection

let starts (rows: Segments) = Array.sub rows.Start 0 rows.Count

/// One row's part of an array that holds `size` floats a row.
let row (values: float32[]) size index = Array.sub values (index * size) size

/// Everything of one row: x, k_beat, k_rhythm and k_freq on end.
let segment (rows: Segments) index =
    Array.concat [
        row rows.X Shapes.XLength index
        row rows.KBeat Shapes.XLength index
        row rows.KRhythm Shapes.RhythmLength index
        row rows.KFreq Shapes.Channels index
    ]

/// Channel `c` of row `index`.
let channel (rows: Segments) index c =
    row rows.X Shapes.Window (index * Shapes.Channels + c)

let private tryFindIndex2 differ (a: float32[]) (b: float32[]) =
    Seq.tryFind (fun i -> differ a[i] b[i]) (seq { 0 .. a.Length - 1 })

/// The same floats, bit for bit.
let sameBits (what: string) (expected: float32[]) (actual: float32[]) =
    Assert.Equal(expected.Length, actual.Length)

    let differ =
        tryFindIndex2 (fun e a -> BitConverter.SingleToInt32Bits e <> BitConverter.SingleToInt32Bits a)

    match differ expected actual with
    | None -> ()
    | Some i -> Assert.Fail $"%s{what}: [%d{i}] is %.9g{actual[i]}, not %.9g{expected[i]}"

/// Within `tolerance` of each other, everywhere.
let near (what: string) (tolerance: float) (expected: float[]) (actual: float[]) =
    Assert.Equal(expected.Length, actual.Length)

    for i in 0 .. expected.Length - 1 do
        if not (abs (expected[i] - actual[i]) <= tolerance) then
            Assert.Fail $"%s{what}: [%d{i}] is %.9g{actual[i]}, not %.9g{expected[i]}"

/// Largest less smallest.
let range (values: float[]) = Array.max values - Array.min values
