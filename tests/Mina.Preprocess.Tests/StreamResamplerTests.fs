/// A stream's samples in chunks: resampled as the whole recording is.
module Mina.Preprocess.Tests.StreamResamplerTests

open System
open System.Collections.Generic
open FsCheck.Xunit
open Mina.Preprocess
open Mina.Preprocess.Streams
open Mina.Preprocess.Tests.Signals
open Xunit

/// The chunks that a random cut makes, of 1 to 997 samples.
let private pushed (fs: float) (seed: int) (samples: float32[]) =
    let random = Random seed
    let resampler = if fs = 300.0 then null else Resampler(fs, 300.0)
    let mutable tail = ResamplerTail.Start
    let output = List<float32>()
    let mutable at = 0

    while at < samples.Length do
        let count = min (samples.Length - at) (1 + random.Next 997)
        tail <- tail.Push(resampler, ReadOnlySpan(samples, at, count), output)
        at <- at + count

    tail.Finish(resampler, output)
    output.ToArray()

let private whole (fs: float) (samples: float32[]) =
    let mutable prepared = [||]

    let rejection =
        Preprocessor(PreprocessSettings.Default).Prepare(recording fs samples, &prepared)

    Assert.Null rejection
    prepared

let private frequencies = [| 100.0; 128.0; 200.0; 250.0; 257.0; 300.0; 360.0; 500.0; 1000.0 |]

[<Property(MaxTest = 60, Arbitrary = [| typeof<Arbitraries> |])>]
let ``a stream cut into chunks of any size is resampled as the whole recording, bit for bit``
    (seed: int)
    (Any which)
    (Any cut)
    =
    let fs = frequencies[which % frequencies.Length]
    let samples = trace seed fs (int (12.0 * fs) + cut % 1000)
    sameBits $"%g{fs} Hz" (whole fs samples) (pushed fs cut samples)

[<Property(MaxTest = 40, Arbitrary = [| typeof<Arbitraries> |])>]
let ``missing samples of a stream are missing where they are in the whole recording``
    (seed: int)
    (Any which)
    (Any cut)
    =
    let fs = frequencies[which % frequencies.Length]
    let samples = trace seed fs (int (30.0 * fs))
    let hole = cut % (samples.Length / 2)
    Array.fill samples hole (1 + cut % 50) Single.NaN
    sameBits $"%g{fs} Hz" (whole fs samples) (pushed fs cut samples)

[<Fact>]
let ``a stream that ends before anything came gives nothing`` () =
    let output = List<float32>()
    ResamplerTail.Start.Finish(Resampler(360.0, 300.0), output)
    Assert.Empty output

[<Property(MaxTest = 20, Arbitrary = [| typeof<Arbitraries> |])>]
let ``a constant stretch stays exactly constant at any frequency`` (Any which) (Any level) =
    let fs = frequencies[which % frequencies.Length]
    let samples = trace 1 fs (int (60.0 * fs))
    let value = float32 (level % 100) / 100.0f
    Array.fill samples (int (10.0 * fs)) (int (13.0 * fs)) value
    let prepared = whole fs samples
    Assert.True(Quality.IsFlat(ReadOnlySpan(prepared, 11 * 300, 11 * 300)))
    Assert.Equal(WindowFault.LeadOff, WindowQuality.FaultOf(ReadOnlySpan(prepared, 11 * 300, Shapes.Window)))

/// Recordings with all that can be wrong with one: short, flat, held at a limit, gone for a while or wholly.
let private spoiled (seed: int) (kind: int) (fs: float) =
    let samples = trace seed fs (int ((if kind % 8 = 0 then 9.5 else 14.0) * fs))
    let some = samples.Length / 3

    match kind % 8 with
    | 1 -> Array.fill samples 0 samples.Length 0.25f
    | 2 -> Array.fill samples some some (Array.max samples)
    | 3 -> Array.fill samples 0 some (Array.min samples - 1.0f)
    | 4 -> Array.fill samples 0 samples.Length Single.NaN
    | 5 -> Array.fill samples some 5 Single.NaN
    | 6 -> Array.fill samples 1 (samples.Length - 1) Single.PositiveInfinity
    | _ -> ()

    samples

[<Property(MaxTest = 120, Arbitrary = [| typeof<Arbitraries> |])>]
let ``a recording in pieces is prepared, or rejected, as the whole recording``
    (seed: int)
    (Any which)
    (Any kind)
    (Any cut)
    =
    let fs =
        Array.append [| 20.0; 40.0 |] frequencies |> fun all -> all[which % all.Length]

    let samples = spoiled seed kind fs
    let mutable prepared = [||]

    let rejection =
        Preprocessor(PreprocessSettings.Default).Prepare(recording fs samples, &prepared)

    let random = Random cut

    let preparation =
        RecordingPreparation((recording fs samples).Id, fs, samples.LongLength)

    let output = List<float32>()
    let mutable at = 0

    while at < samples.Length do
        let count = min (samples.Length - at) (1 + random.Next 997)
        preparation.Push(ReadOnlySpan(samples, at, count), output)
        at <- at + count

    Assert.Equal(rejection, preparation.Finish output)

    if isNull rejection then
        sameBits $"%g{fs} Hz" prepared (output.ToArray())
