/// Labels, and the layout of rows and batches.
module Mina.Preprocess.Tests.BatchTests

open System
open Mina.Preprocess
open Mina.Preprocess.Tests.Signals
open Xunit

[<Theory>]
[<InlineData("N", Label.Normal)>]
[<InlineData("A", Label.AF)>]
[<InlineData("O", Label.Other)>]
[<InlineData("~", Label.Noisy)>]
[<InlineData(" af ", Label.AF)>]
[<InlineData("NOISY", Label.Noisy)>]
let ``labels are read by code and by name`` (text: string) (expected: Label) =
    Assert.Equal((true, expected), Labels.TryParse(text.AsSpan()))

[<Theory>]
[<InlineData("")>]
[<InlineData("AFIB")>]
[<InlineData("1")>]
let ``other texts are no label`` (text: string) =
    Assert.False(fst (Labels.TryParse(text.AsSpan())))

[<Fact>]
let ``AF alone is class 1, and every code reads back`` () =
    for label in Enum.GetValues<Label>() do
        Assert.Equal((if label = Label.AF then 1 else 0), Labels.ClassOf label)
        Assert.Equal((true, label), Labels.TryParse((Labels.CodeOf label).AsSpan()))

[<Fact>]
let ``a batch holds each segment channel first`` () =
    let rows = taken (recording 300.0 (trace 5 300.0 4000))
    Assert.Equal(3, rows.Count)
    let batch = SegmentBatch 5
    batch.Count <- 3

    for i in 0..2 do
        batch.Set(
            i,
            row rows.X Shapes.XLength i,
            row rows.KBeat Shapes.XLength i,
            row rows.KRhythm Shapes.RhythmLength i,
            row rows.KFreq Shapes.Channels i
        )

    for c in 0..3 do
        for i in 0..2 do
            let at = c * 3 + i
            sameBits "x" (channel rows i c) (row batch.X Shapes.Window at)
            sameBits "k_beat" (row rows.KBeat Shapes.Window (i * 4 + c)) (row batch.KBeat Shapes.Window at)

            sameBits
                "k_rhythm"
                (row rows.KRhythm Shapes.SubSegments (i * 4 + c))
                (row batch.KRhythm Shapes.SubSegments at)

            sameBits "k_freq" [| rows.KFreq[i * 4 + c] |] [| batch.KFreq[at] |]

[<Fact>]
let ``a row beyond a batch's count is refused`` () =
    let batch = SegmentBatch 5
    batch.Count <- 3
    let zeros n = Array.zeroCreate<float32> n

    let set i =
        batch.Set(i, zeros 12000, zeros 12000, zeros 240, zeros 4)

    for i in [ 3; -1 ] do
        Assert.Throws<ArgumentOutOfRangeException>(fun () -> set i) |> ignore

[<Fact>]
let ``settings that differ in anything have another fingerprint`` () =
    let d = PreprocessSettings.Default

    let all = [
        d
        PreprocessSettings(Version = d.Version + 1)
        PreprocessSettings(Fs = 250)
        PreprocessSettings(Window = 6000)
        PreprocessSettings(SubSegment = 100)
        PreprocessSettings(StrideNotAF = 501)
        PreprocessSettings(StrideAF = 51)
        PreprocessSettings(LowTaps = 903)
        PreprocessSettings(LowCutHz = 0.6)
        PreprocessSettings(HighTaps = 103)
        PreprocessSettings(HighCutHz = 49.5)
    ]

    Assert.Equal(all.Length, all |> List.distinctBy _.Fingerprint |> List.length)
    Assert.Equal(d.Fingerprint, PreprocessSettings().Fingerprint)

[<Fact>]
let ``rows that are kept are the same as before, and the others are gone`` () =
    let rows = taken (recording 300.0 (trace 5 300.0 4500))
    Assert.Equal(4, rows.Count)

    let batchOf (from: int list) =
        let batch = SegmentBatch 5
        batch.Count <- from.Length

        from
        |> List.iteri (fun i source ->
            batch.Set(i, rows, source)
            batch.Describe(i, $"r%d{source}", 500 * source, Nullable(if source = 2 then Label.AF else Label.Other)))

        batch

    for kept in [ []; [ 0 ]; [ 3 ]; [ 1; 2 ]; [ 0; 2; 3 ]; [ 0; 1; 2; 3 ] ] do
        let batch, expected = batchOf [ 0..3 ], batchOf kept
        batch.Keep(ReadOnlySpan(Array.ofList kept))
        let count = kept.Length
        Assert.Equal(count, batch.Count)
        let head length (values: 'T[]) = Array.truncate (count * length) values
        Assert.Equal<float32[]>(head Shapes.XLength expected.X, head Shapes.XLength batch.X)
        Assert.Equal<float32[]>(head Shapes.XLength expected.KBeat, head Shapes.XLength batch.KBeat)
        Assert.Equal<float32[]>(head Shapes.RhythmLength expected.KRhythm, head Shapes.RhythmLength batch.KRhythm)
        Assert.Equal<float32[]>(head Shapes.Channels expected.KFreq, head Shapes.Channels batch.KFreq)
        Assert.Equal<string[]>(head 1 expected.RecordingId, head 1 batch.RecordingId)
        Assert.Equal<int[]>(head 1 expected.Start, head 1 batch.Start)
        Assert.Equal<int64[]>(head 1 expected.Class, head 1 batch.Class)
