/// Training windows, varied.
module Mina.Preprocess.Tests.AugmenterTests

open System
open FsCheck.Xunit
open Mina.Preprocess
open Mina.Preprocess.Tests.Signals
open Xunit

let private none = Augmentation(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

let private inversion =
    Augmentation(0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

let private batchOf (rows: Segments) =
    let batch = SegmentBatch rows.Count
    batch.Count <- rows.Count

    for i in 0 .. rows.Count - 1 do
        batch.Set(
            i,
            row rows.X Shapes.XLength i,
            row rows.KBeat Shapes.XLength i,
            row rows.KRhythm Shapes.RhythmLength i,
            row rows.KFreq Shapes.Channels i
        )

        batch.Class[i] <- int64 (i % 2)

    batch

let private batch seed =
    taken (recording 300.0 (trace seed 300.0 5000)) |> batchOf

let private varied augmentation key (batch: SegmentBatch) =
    Augmenter(PreprocessSettings.Default, augmentation).Apply(batch, key)
    batch

let private numbers (batch: SegmentBatch) =
    Array.concat [ batch.X; batch.KBeat; batch.KRhythm; batch.KFreq ]

let private doubles = Array.map float

[<Property(MaxTest = 10)>]
let ``the same key gives the same windows, another key others`` (seed: int) (key: int64) =
    let of' key =
        numbers (varied Augmentation.Default key (batch seed))

    sameBits "same key" (of' key) (of' key)
    Assert.NotEqual<float32[]>(of' key, of' (key + 1L))

let private motion =
    lazy
        (MotionNoise [
            struct (360.0, trace 5 360.0 9000)
            struct (300.0, Array.map (fun v -> 40.0f + 3.0f * v) (trace 6 300.0 4000))
        ])

let private moved chance key (batch: SegmentBatch) =
    Augmenter(PreprocessSettings.Default, inversion.WithMotion(chance, 1.0), motion.Value).Apply(batch, key)
    batch

[<Property(MaxTest = 10)>]
let ``motion noise changes the windows that it hits, the same for the same key, and nothing else``
    (seed: int)
    (key: int64)
    =
    let original = numbers (varied inversion key (batch seed))
    sameBits "no chance" original (numbers (moved 0.0 key (batch seed)))
    let noisy = numbers (moved 1.0 key (batch seed))
    Assert.NotEqual<float32[]>(original, noisy)
    sameBits "same key" noisy (numbers (moved 1.0 key (batch seed)))
    Assert.All(noisy, (fun value -> Assert.True(Single.IsFinite value)))

[<Fact>]
let ``motion noise of less than a window, or flat, is refused`` () =
    for samples in [ trace 1 300.0 3000; Array.create 5000 2.0f ] do
        Assert.Throws<ProblemException>(fun () -> MotionNoise [ struct (300.0, samples) ] |> ignore)
        |> ignore

[<Property(MaxTest = 10)>]
let ``without any variation a segment is the one that its window gives by itself`` (seed: int) (key: int64) =
    let original = batch seed
    let again = varied none key (batch seed)
    let B = original.Count
    // Channel 0 and its knowledge do not meet the window's edges; the filters do, where a shard's windows do as well.
    near
        "x"
        1e-4
        (doubles (Array.sub original.X 0 (B * Shapes.Window)))
        (doubles (Array.sub again.X 0 (B * Shapes.Window)))

    near "k_rhythm" 1e-4 (doubles original.KRhythm) (doubles again.KRhythm)

[<Property(MaxTest = 10)>]
let ``turned polarity turns every channel and leaves the knowledge`` (seed: int) (key: int64) =
    let plain = varied none key (batch seed)
    let turned = varied inversion key (batch seed)
    near "x" 1e-6 (doubles plain.X |> Array.map (~-)) (doubles turned.X)
    near "k_beat" 1e-6 (doubles plain.KBeat) (doubles turned.KBeat)
    near "k_rhythm" 1e-6 (doubles plain.KRhythm) (doubles turned.KRhythm)
    near "k_freq" 1e-6 (doubles plain.KFreq) (doubles turned.KFreq)

[<Property(MaxTest = 10)>]
let ``the bands of a varied window add up to it, and its classes stay`` (seed: int) (key: int64) =
    let original = batch seed
    let b = varied Augmentation.Default key (batch seed)
    let n = b.Count * Shapes.Window
    let channel c = doubles (Array.sub b.X (c * n) n)

    near
        "sum"
        1e-5
        (channel 0)
        (Array.map3 (fun low band high -> low + band + high) (channel 1) (channel 2) (channel 3))

    Assert.Equal<int64[]>(original.Class, b.Class)
    Assert.All(numbers b, fun v -> Assert.True(Single.IsFinite v))

[<Property(MaxTest = 20)>]
let ``a stretched window is a part of itself drawn out`` (seed: int) (key: int64) =
    // On a slow wave the interpolation is exact to far below a sample: the two ends tell the part, and the rest lies
    // evenly between.
    let wave t =
        sin (2.0 * Math.PI * (0.02 * t / 300.0 - 0.1))

    let rows =
        taken (recording 300.0 (Array.init 3000 (fun t -> float32 (wave (float t)))))

    let normalised = Array.sub rows.X 0 Shapes.Window |> doubles

    let stretched =
        (varied (Augmentation(1.0, 0.3, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)) (key + int64 seed) (batchOf rows)).X

    // The wave rises throughout, so a value tells its place.
    let place (v: float32) =
        let x =
            wave 0.0
            + (float v - normalised[0]) * (wave 2999.0 - wave 0.0)
              / (normalised[2999] - normalised[0])

        (asin (min 1.0 (max -1.0 x)) / (2.0 * Math.PI) + 0.1) * 300.0 / 0.02

    let first, last = place stretched[0], place stretched[2999]
    let step = (last - first) / 2999.0
    Assert.InRange(first, -1.0, 900.0)
    Assert.InRange(step, 0.699, 1.001)
    Assert.InRange(last, 2098.0, 3000.0)

    for t in 0..100..2999 do
        Assert.Equal(first + step * float t, place stretched[t], 2.0)
