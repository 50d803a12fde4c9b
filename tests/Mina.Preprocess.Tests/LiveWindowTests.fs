/// Windows of a stream: normalised by what has been seen, at most 60 s of it.
module Mina.Preprocess.Tests.LiveWindowTests

open System
open FsCheck.Xunit
open Mina.Preprocess
open Mina.Preprocess.Tests.Signals
open Xunit

let private trailing = Preprocessor.LiveSeconds * Shapes.Fs

let private live (samples: float32[]) until =
    let rows = Segments()
    rows.Resize 1

    if Preprocessor(PreprocessSettings.Default).LiveWindow(samples, until, rows, 0) then
        Some rows
    else
        None

let private segmentOf samples until =
    match live samples until with
    | Some rows -> segment rows 0
    | None -> failwith "There was nothing to classify."

[<Property(MaxTest = 20, Arbitrary = [| typeof<Arbitraries> |])>]
let ``the live window at the end of a recording of up to 60 s is the recording's own last segment, bit for bit``
    (seed: int)
    (strides: byte)
    =
    let length = Shapes.Window + 500 * (int strides % 31)
    Assert.InRange(length, Shapes.Window, trailing)
    let samples = trace seed 300.0 length
    let rows = taken (recording 300.0 samples)
    let last = rows.Count - 1
    Assert.Equal(length - Shapes.Window, rows.Start[last])
    sameBits "segment" (segment rows last) (segmentOf samples length)

[<Property(MaxTest = 20, Arbitrary = [| typeof<Arbitraries> |])>]
let ``a live window depends on the trailing 60 s and on nothing before or after`` (seed: int) (Any before) (Any after) =
    let before, after = int before % 5000, int after % 5000
    let samples = trace seed 300.0 (before + trailing + after)
    let until = before + trailing
    let expected = segmentOf (Array.sub samples before trailing) trailing
    sameBits "segment" expected (segmentOf samples until)
    Array.fill samples 0 before 1000.0f
    Array.fill samples until after Single.NaN
    sameBits "segment" expected (segmentOf samples until)

[<Fact>]
let ``the first sample of the trailing 60 s counts`` () =
    let samples = trace 11 300.0 (trailing + 1)
    let expected = segmentOf samples samples.Length
    samples[0] <- 100.0f
    sameBits "60 s and a sample ago" expected (segmentOf samples samples.Length)
    // Within its block's range: no artefact.
    samples[1] <- samples[1] + 0.5f
    Assert.NotEqual<float32[]>(expected, segmentOf samples samples.Length)

[<Property(MaxTest = 20, Arbitrary = [| typeof<Arbitraries> |])>]
let ``without artefacts the statistics are those of the trailing 60 s, bit for bit`` (seed: int) (Any length) =
    let samples = trace seed 300.0 (Shapes.Window + length % 20000)

    Assert.Equal(
        Quality.Statistics(ReadOnlySpan(samples, max 0 (samples.Length - trailing), min trailing samples.Length)),
        LiveStatistics.Compute(samples, samples.Length)
    )

[<Property(MaxTest = 20, Arbitrary = [| typeof<Arbitraries> |])>]
let ``an artefact leaves the windows of the next minute as they would be without its block`` (seed: int) (Any place) =
    let samples = trace seed 300.0 trailing
    let calm = Array.copy samples
    let block = place % 5
    let at = block * 3000 + place % 2000

    for t in at .. at + 999 do
        samples[t] <- samples[t] + 20.0f * float32 (sin (float t / 50.0))

    Array.fill calm (block * 3000) 3000 Single.NaN
    sameBits "segment" (segmentOf calm trailing) (segmentOf samples trailing)

[<Property(MaxTest = 20, Arbitrary = [| typeof<Arbitraries> |])>]
let ``there is no live window where a sample of it is missing`` (t: Trace) (Any place) =
    let at = t.Samples.Length - 1 - int place % Shapes.Window

    for missing in [ Single.NaN; Single.PositiveInfinity; Single.NegativeInfinity ] do
        t.Samples[at] <- missing
        Assert.True((live t.Samples t.Samples.Length).IsNone)

[<Fact>]
let ``a gap before the live window takes no part in its statistics`` () =
    let samples = trace 12 300.0 9000
    let shorter = samples[1000..]
    Array.fill samples 0 1000 Single.NaN
    sameBits "segment" (segmentOf shorter 8000) (segmentOf samples 9000)

[<Fact>]
let ``there is no live window of a flat line`` () =
    Assert.True((live (Array.create trailing 0.5f) trailing).IsNone)

[<Fact>]
let ``a live window says where it starts`` () =
    match live (trace 13 300.0 9000) 7777 with
    | Some rows -> Assert.Equal<int[]>([| 4777 |], starts rows)
    | None -> Assert.Fail "There was nothing to classify."

[<Theory>]
[<InlineData(2999)>]
[<InlineData(5001)>]
let ``a live window that the samples do not hold is refused`` until =
    Assert.Throws<ArgumentOutOfRangeException>(fun () -> live (trace 14 300.0 5000) until |> ignore)

[<Fact>]
let ``a recording without artefact is cut to classify it as it is for training, bit for bit`` () =
    for seconds in [ 10; 30; 61 ] do
        let recording = recording 300.0 (trace 1 300.0 (seconds * 300))
        let rows = Segments()
        Assert.Null(Preprocessor(PreprocessSettings.Default).RunWithoutArtefact(recording, rows))
        let trained = taken recording
        Assert.Equal(trained.Count, rows.Count)

        for row in 0 .. rows.Count - 1 do
            sameBits "segment" (segment trained row) (segment rows row)

[<Theory>]
[<InlineData(0)>]
[<InlineData(2)>]
[<InlineData(5)>]
let ``eight seconds of artefact leave the windows of the clean rest as they are without it`` (block: int) =
    let clean = trace 1 300.0 18000
    let torn = Array.copy clean

    for i in 0..2399 do
        torn[block * 3000 + i] <- if i % 2 = 0 then 20.0f else -20.0f

    let struct (mean, deviation) = LiveStatistics.ComputeAll(ReadOnlySpan torn)

    let struct (expectedMean, expectedDeviation) =
        Quality.Statistics(ReadOnlySpan(clean |> Array.mapi (fun i v -> if i / 3000 = block then Single.NaN else v)))

    Assert.Equal(expectedMean, mean)
    Assert.Equal(expectedDeviation, deviation)
