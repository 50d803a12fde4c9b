/// What must hold of the segments of any recording.
module Mina.Preprocess.Tests.SegmentTests

open System
open FsCheck.Xunit
open Mina.Preprocess
open Mina.Preprocess.Tests.Signals
open Xunit

/// (v - mean) / population standard deviation, of the whole recording.
let private normalised (samples: float32[]) =
    let struct (mean, deviation) = Quality.Statistics samples
    samples |> Array.map (fun v -> float32 ((float v - mean) / deviation))

[<Property(MaxTest = 20, Arbitrary = [| typeof<Arbitraries> |])>]
let ``statistics are the mean and the population standard deviation`` (t: Trace) =
    let struct (mean, deviation) = Quality.Statistics t.Samples
    let values = Array.map float t.Samples
    let expected = Array.average values
    near "mean" 1e-12 [| expected |] [| mean |]
    near "deviation" 1e-12 [| sqrt (values |> Array.averageBy (fun v -> (v - expected) ** 2.0)) |] [| deviation |]

[<Property(MaxTest = 20, Arbitrary = [| typeof<Arbitraries> |])>]
let ``windows are exact slices of the normalised recording`` (t: Trace) =
    let rows = taken (recording 300.0 t.Samples)
    let whole = normalised t.Samples

    for i in 0 .. rows.Count - 1 do
        sameBits "channel 0" (Array.sub whole rows.Start[i] Shapes.Window) (channel rows i 0)

[<Property(MaxTest = 10, Arbitrary = [| typeof<Arbitraries> |])>]
let ``a recording of n samples gives floor((n - 3000) / stride) + 1 windows, every stride`` (t: Trace) =
    for label, stride in [ Label.AF, 50; Label.Normal, 500; Label.Other, 500; Label.Noisy, 500 ] do
        let rows = taken (labelled label t.Samples)
        let count = (t.Samples.Length - Shapes.Window) / stride + 1
        Assert.Equal<int[]>(Array.init count (fun i -> i * stride), starts rows)

[<Fact>]
let ``a last window that fits exactly is kept`` () =
    Assert.Equal<int[]>([| 0; 500 |], starts (taken (recording 300.0 (trace 1 300.0 3500))))

[<Fact>]
let ``an unlabelled recording is cut as class 0`` () =
    let samples = trace 2 300.0 4000
    Assert.Equal<int[]>(starts (taken (labelled Label.Normal samples)), starts (taken (recording 300.0 samples)))

[<Property(MaxTest = 10, Arbitrary = [| typeof<Arbitraries> |])>]
let ``the AF windows at starts divisible by 500 are the class-0 windows, bit for bit`` (t: Trace) =
    let af = taken (labelled Label.AF t.Samples)

    let uniform = [|
        for i in 0 .. af.Count - 1 do
            if af.Start[i] % 500 = 0 then
                i
    |]

    let other = taken (labelled Label.Normal t.Samples)
    Assert.Equal(other.Count, uniform.Length)

    uniform
    |> Array.iteri (fun i at -> sameBits $"window %d{i}" (segment other i) (segment af at))

[<Property(MaxTest = 10, Arbitrary = [| typeof<Arbitraries> |])>]
let ``shift and positive scaling of a recording change nothing`` (t: Trace) (shift: sbyte) (scale: uint16) =
    for fs in [ 300.0; 250.0 ] do
        let change v =
            (1e-3f + float32 scale / 100.0f) * (v + float32 shift / 16.0f)

        let plain = taken (recording fs t.Samples)
        let changed = taken (recording fs (Array.map change t.Samples))
        Assert.Equal<int[]>(starts plain, starts changed)

        for i in 0 .. plain.Count - 1 do
            // x is of order 1 to 10; at a shift of 8 times its range a float keeps six digits.
            near $"window %d{i}" 1e-4 (Array.map float (segment plain i)) (Array.map float (segment changed i))

[<Property(MaxTest = 10, Arbitrary = [| typeof<Arbitraries> |])>]
let ``a segment's knowledge is that of its own channels`` (t: Trace) =
    let rows = taken (recording 300.0 t.Samples)

    for i in 0 .. rows.Count - 1 do
        for c in 0..3 do
            let x = channel rows i c
            let beat = row rows.KBeat Shapes.Window (i * 4 + c)
            let rhythm = row rows.KRhythm Shapes.SubSegments (i * 4 + c)
            let expectedRhythm = Array.zeroCreate<float32> Shapes.SubSegments

            let frequency =
                Knowledge.RhythmAndFrequency(x, Shapes.SubSegment, Shapes.Fs, expectedRhythm)

            let steps = x |> Array.pairwise |> Array.map (fun (a, b) -> float (abs (b - a)))
            Assert.Equal(0.0f, beat[0])
            near "beat" 1e-6 steps (Array.map float beat[1..])
            sameBits "rhythm" expectedRhythm rhythm
            sameBits "frequency" [| frequency |] [| rows.KFreq[i * 4 + c] |]

[<Property(MaxTest = 10, Arbitrary = [| typeof<Arbitraries> |])>]
let ``what a preprocessor did before changes nothing`` (t: Trace) (other: Trace) =
    let preprocessor = Preprocessor PreprocessSettings.Default
    let rows = Segments()
    preprocessor.Run(recording 360.0 other.Samples, rows) |> ignore
    preprocessor.Run(labelled Label.AF other.Samples, rows) |> ignore
    Assert.Null(preprocessor.Run(recording 300.0 t.Samples, rows))
    let fresh = taken (recording 300.0 t.Samples)
    Assert.Equal<int[]>(starts fresh, starts rows)

    for i in 0 .. fresh.Count - 1 do
        sameBits $"window %d{i}" (segment fresh i) (segment rows i)

[<Property(MaxTest = 10, Arbitrary = [| typeof<Arbitraries> |])>]
let ``a recording's own samples are left as they were`` (t: Trace) =
    let before = Array.copy t.Samples
    taken (recording 250.0 t.Samples) |> ignore
    taken (recording 300.0 t.Samples) |> ignore
    sameBits "samples" before t.Samples

[<Property(MaxTest = 20, Arbitrary = [| typeof<Arbitraries> |])>]
let ``cut in pieces of any size, by any preprocessor, a recording gives the segments of one cut``
    (t: GappyTrace)
    (size: byte)
    =
    let recording = Recording("R1", t.Fs, t.Holed, Label = Label.AF)
    let limit = 1 + int size % 100
    let whole = Segments()

    match Preprocessor(PreprocessSettings.Default).Run(recording, whole) with
    | null ->
        let pieces = Segments()
        Assert.Null(Preprocessor(PreprocessSettings.Default).Run(recording, pieces, limit))
        let mutable at = 0
        let mutable more = true

        while more do
            Assert.InRange(pieces.Count, 1, limit)

            for i in 0 .. pieces.Count - 1 do
                Assert.Equal(whole.Start[at + i], pieces.Start[i])
                sameBits $"window %d{at + i}" (segment whole (at + i)) (segment pieces i)

            at <- at + pieces.Count
            more <- Preprocessor(PreprocessSettings.Default).Continue(pieces, limit)

        Assert.Equal(whole.Count, at)
    | _ -> ()

[<Fact>]
let ``a second run of a recording at 300 Hz allocates less than 8 KB`` () =
    let preprocessor = Preprocessor PreprocessSettings.Default
    let rows = Segments()
    let recording = labelled Label.AF (trace 3 300.0 18000)
    Assert.Null(preprocessor.Run(recording, rows))
    let before = GC.GetAllocatedBytesForCurrentThread()
    preprocessor.Run(recording, rows) |> ignore
    let allocated = GC.GetAllocatedBytesForCurrentThread() - before
    Assert.Equal(301, rows.Count)
    Assert.InRange(allocated, 0L, 8191L)

[<Fact>]
let ``settings of other shapes than the network's are refused`` () =
    let settings = PreprocessSettings(Window = 6000)

    let e =
        Assert.Throws<NotSupportedException>(fun () -> Preprocessor settings |> ignore)

    Assert.Contains("6000", e.Message)
