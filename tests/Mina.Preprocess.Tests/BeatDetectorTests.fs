/// Beats of a stream: the same however it comes, near where they are, and of the right kind.
module Mina.Preprocess.Tests.BeatDetectorTests

open System
open System.Collections.Generic
open System.IO
open System.Text.Json
open FsCheck.Xunit
open Mina.Preprocess
open Mina.Preprocess.Beats
open Mina.Preprocess.Streams
open Mina.Preprocess.Tests.Signals
open Xunit

let private detect (samples: float32[]) =
    BeatDetector.Detect(ReadOnlySpan samples) |> Seq.toList

/// Chunks of 1 to 997 samples; after some of them the detector's state goes through JSON.
let private inChunks (seed: int) (samples: float32[]) =
    let random = Random seed
    let beats = List<Beat>()
    let mutable detector = BeatDetector()
    let mutable at = 0

    while at < samples.Length do
        let count = min (samples.Length - at) (1 + random.Next 997)
        detector.Push(ReadOnlySpan(samples, at, count), beats)
        at <- at + count

        if random.Next 4 = 0 then
            let state = JsonSerializer.Serialize(detector.Snapshot())
            detector <- BeatDetector(nonNull (JsonSerializer.Deserialize<BeatDetectorState> state))

    detector.Finish beats
    Seq.toList beats

/// Beats of one shape at these seconds: a P wave, a QRS complex, a T wave; some of them wide and upside down without P
/// wave.
let private ecg (seconds: float) (beats: (float * bool) list) =
    let random = Random 5

    let wave at width height s =
        height * exp (-((s - at) ** 2.0) / (2.0 * width * width))

    Array.init (int (seconds * 300.0)) (fun t ->
        let s = float t / 300.0

        let near =
            beats
            |> List.filter (fun (at, _) -> abs (at - s) < 0.6)
            |> List.sumBy (fun (at, ectopic) ->
                if ectopic then
                    wave at 0.035 -1.4 s + wave (at + 0.3) 0.06 0.4 s
                else
                    wave (at - 0.16) 0.02 0.12 s
                    + wave at 0.011 1.0 s
                    + wave (at + 0.03) 0.012 -0.25 s
                    + wave (at + 0.28) 0.04 0.25 s)

        float32 (near + 0.01 * (random.NextDouble() - 0.5)))

let private regular from until step =
    [ from..step..until ] |> List.map (fun at -> at, false)

[<Property(MaxTest = 30, Arbitrary = [| typeof<Arbitraries> |])>]
let ``a stream cut into chunks of any size, its state kept between them, has the beats of the whole, bit for bit``
    (trace: GappyTrace)
    (Any cut)
    =
    let whole, cut = detect trace.Holed, inChunks cut trace.Holed
    Assert.Equal(whole.Length, cut.Length)

    for a, b in List.zip whole cut do
        Assert.Equal(a, b)

[<Property(MaxTest = 30, Arbitrary = [| typeof<Arbitraries> |])>]
let ``a beat depends on no sample that comes more than the look-ahead after it`` (trace: Trace) (Any cut) =
    let at = 600 + cut % (trace.Samples.Length - 600)
    let beats = List<Beat>()
    BeatDetector().Push(ReadOnlySpan(trace.Samples, 0, at), beats)

    let due =
        detect trace.Samples
        |> List.filter (fun b -> b.Sample <= int64 (at - BeatDetector.LookAhead))

    Assert.Equal<Beat list>(due, beats |> Seq.truncate due.Length |> Seq.toList)

[<Property(MaxTest = 30, Arbitrary = [| typeof<Arbitraries> |])>]
let ``offset, scale and polarity of the signal change no beat's place`` (trace: Trace) (Any which) =
    let scale = [| 0.25f; 4.0f; -1.0f; -8.0f |][which % 4]
    let places samples = detect samples |> List.map _.Sample
    let moved = trace.Samples |> Array.map (fun v -> scale * v)
    Assert.Equal<int64 list>(places trace.Samples, places moved)
    // An offset rounds the samples otherwise, which may move a beat by one.
    let shifted = trace.Samples |> Array.map (fun v -> v + 16.0f) |> places
    Assert.Equal(places(trace.Samples).Length, shifted.Length)

let private intervalsAreTrue (trace: GappyTrace) =
    let beats = detect trace.Holed

    for a, b in List.pairwise beats do
        let missing =
            seq { int a.Sample .. int b.Sample }
            |> Seq.exists (fun t -> not (Single.IsFinite trace.Holed[t]))

        Assert.Equal((if missing then 0 else int (b.Sample - a.Sample)), b.Interval)

[<Property(MaxTest = 30, Arbitrary = [| typeof<Arbitraries> |])>]
let ``no interval spans a gap, and each is the distance of its beats`` (trace: GappyTrace) = intervalsAreTrue trace

// The last beat before this trace's gap was aligned with its template into the gap.
[<Property(MaxTest = 1, Replay = "17057390877559902068,7382891124630876247,87", Arbitrary = [| typeof<Arbitraries> |])>]
let ``a beat that is aligned with its template stays out of a gap`` (trace: GappyTrace) =
    intervalsAreTrue trace

    for beat in detect trace.Holed do
        Assert.True(Single.IsFinite trace.Holed[int beat.Sample])

[<Fact>]
let ``every beat of a regular rhythm is found where it is`` () =
    let truth = regular 0.5 59.0 0.8
    let found = detect (ecg 60.0 truth)
    Assert.Equal(truth.Length, found.Length)

    for (at, _), beat in List.zip truth found do
        Assert.InRange(float beat.Sample / 300.0, at - 0.04, at + 0.04)
        Assert.Equal(BeatKind.Normal, beat.Kind)

[<Fact>]
let ``P waves of a regular rhythm are alike`` () =
    let found = detect (ecg 60.0 (regular 0.5 59.0 0.8)) |> List.skip 10

    for beat in found do
        Assert.True(beat.PWave.HasValue && beat.PWave.Value > 0.8f, $"{beat}")

[<Fact>]
let ``a wide beat among narrow ones is ectopic, in bigeminy too`` () =
    let lone = [
        for k in 0..60 -> 0.5 + 0.8 * float k - (if k % 8 = 7 then 0.25 else 0.0), k % 8 = 7
    ]

    let bigeminy = [
        for k in 0..20 -> 50.0 + 0.9 * float k - (if k % 2 = 1 then 0.3 else 0.0), k % 2 = 1
    ]

    let truth = lone @ bigeminy
    let found = detect (ecg 70.0 truth)
    Assert.Equal(truth.Length, found.Length)

    for (at, ectopic), beat in List.zip truth found |> List.skip 8 do
        Assert.True((beat.Kind = BeatKind.Ectopic) = ectopic, $"at {at} s: {beat}")

[<Fact>]
let ``beats that become three times smaller at once are still found`` () =
    let truth = regular 0.5 59.0 0.8

    let samples =
        ecg 60.0 truth |> Array.mapi (fun t v -> if t < 9000 then v else 0.33f * v)

    Assert.InRange((detect samples).Length, truth.Length - 1, truth.Length)

[<Fact>]
let ``a flat line has no beats`` () =
    Assert.Empty(detect (Array.create 9000 0.7f))

/// The annotated beats of a WFDB annotation file, in samples: the codes of normal and ectopic beats (annot(5)).
let private annotated (path: string) =
    let beatCodes =
        set [ 1; 2; 3; 4; 5; 6; 7; 8; 9; 10; 11; 12; 13; 25; 34; 35; 38; 41 ]

    let bytes = File.ReadAllBytes path

    let word i =
        int bytes[i] ||| (int bytes[i + 1] <<< 8)

    let rec read i at beats =
        if i + 1 >= bytes.Length || word i = 0 then
            List.rev beats
        else
            match word i >>> 10, word i &&& 1023 with
            | 59, _ -> read (i + 6) (at + int64 (int16 (word (i + 2))) * 65536L + int64 (word (i + 4))) beats
            | (60 | 61 | 62), _ -> read (i + 2) at beats
            | 63, length -> read (i + 2 + length + length % 2) at beats
            | code, interval ->
                let at = at + int64 interval
                read (i + 2) at (if beatCodes.Contains code then at :: beats else beats)

    read 0 0L []

/// The first lead of a record in format 212, its ADC units as they are.
let private firstLead (path: string) =
    let bytes = File.ReadAllBytes path

    Array.init (bytes.Length / 3) (fun k ->
        let value = int bytes[3 * k] ||| ((int bytes[3 * k + 1] &&& 15) <<< 8)
        float32 (if value > 2047 then value - 4096 else value))

[<SkippableFact>]
let ``on MIT-BIH over 99.5 % of beats are found, and over 99.5 % of those found are beats, within 150 ms`` () =
    let folder = nonNull (Path.GetDirectoryName(Golden.shared "mitdb/100.atr"))
    let mutable hits, missed, wrong = 0, 0, 0

    for path in Directory.GetFiles(folder, "*.atr") |> Array.sort do
        let output = List<float32>()
        let resampler = Resampler(360.0, 300.0)
        let lead = firstLead (path[.. path.Length - 4] + "dat")
        let tail = ResamplerTail.Start.Push(resampler, ReadOnlySpan lead, output)
        tail.Finish(resampler, output)

        let found =
            detect (output.ToArray())
            |> List.map (fun b -> float b.Sample / 300.0)
            |> List.toArray

        let truth = annotated path |> List.map (fun at -> float at / 360.0) |> List.toArray
        let mutable i, j = 0, 0

        while i < truth.Length || j < found.Length do
            let reference = if i < truth.Length then truth[i] else infinity
            let beat = if j < found.Length then found[j] else infinity

            if abs (reference - beat) <= 0.15 then
                hits <- hits + 1
                i <- i + 1
                j <- j + 1
            elif reference < beat then
                missed <- missed + 1
                i <- i + 1
            else
                wrong <- wrong + 1
                j <- j + 1

    Assert.True(float hits / float (hits + missed) > 0.995, $"{missed} of {hits + missed} beats are missed")
    Assert.True(float hits / float (hits + wrong) > 0.995, $"{wrong} of {hits + wrong} are no beats")
