/// A long recording in pieces: the windows in groups, with what each depends on.
module Mina.Preprocess.Tests.LongRecordingTests

open System
open System.Collections.Generic
open FsCheck.Xunit
open Mina.Preprocess
open Mina.Preprocess.Beats
open Mina.Preprocess.Streams
open Mina.Preprocess.Tests.Signals
open Xunit

let private settings = PreprocessSettings.Default

/// All groups of a recording that comes in pieces of up to `most` samples, and why it was rejected.
let private grouped (most: int) (seed: int) (recording: Recording) =
    let random = Random seed
    let long = LongRecording(RecordingFacts.Of recording, settings)
    let groups = List<WindowGroup>()
    let mutable at = 0

    while at < recording.Samples.Length do
        let count = min (recording.Samples.Length - at) (1 + random.Next most)
        groups.AddRange(long.Push(ReadOnlySpan(recording.Samples, at, count)))
        at <- at + count

    let mutable last: IReadOnlyList<WindowGroup> = [||]
    let rejection = long.Finish(&last)
    groups.AddRange last
    struct (long, groups, rejection)

let private prepared (recording: Recording) =
    let mutable samples = [||]
    Assert.Null(Preprocessor(settings).Prepare(recording, &samples))
    samples

[<Property(MaxTest = 30, Arbitrary = [| typeof<Arbitraries> |])>]
let ``windows in groups are those of the whole recording, with the 60 s before each end``
    (seed: int)
    (Any which)
    (Any cut)
    =
    let fs = [| 128.0; 250.0; 300.0; 360.0 |][which % 4]
    let whole = recording fs (trace seed fs (int (150.0 * fs) + cut % 5000))
    let samples = prepared whole
    let struct (long, groups, rejection) = grouped 40_000 cut whole
    Assert.Null rejection

    let starts =
        groups
        |> Seq.collect (fun group -> Seq.init group.Count (fun i -> group.Start + int64 (i * settings.StrideNotAF)))

    Assert.Equal<int64>(Seq.map int64 [| 0 .. settings.StrideNotAF .. samples.Length - settings.Window |], starts)

    for group in groups do
        let first = int group.First

        Assert.True(
            first
            <= max 0 (int group.Start + settings.Window - Preprocessor.LiveSeconds * settings.Fs)
        )

        sameBits "samples" samples[first .. first + group.Samples.Length - 1] group.Samples

    Assert.Equal<Beat>(BeatDetector.Detect samples, long.Beats)

[<Fact>]
let ``a group holds a minute and its windows however long the recording is`` () =
    let hour = recording 300.0 (trace 1 300.0 (3600 * 300))
    let struct (_, groups, _) = grouped 16_384 1 hour

    let most =
        Preprocessor.LiveSeconds * 300
        + LongRecording.GroupWindows * settings.StrideNotAF

    Assert.All(groups, fun group -> Assert.InRange(group.Samples.Length, settings.Window, most))

[<Fact>]
let ``a recording that cannot be used is rejected at its end as the whole recording is`` () =
    let flat = recording 250.0 (Array.create (100 * 250) 0.5f)
    let mutable samples = [||]
    let struct (_, _, rejection) = grouped 16_384 1 flat
    Assert.Equal(Preprocessor(settings).Prepare(flat, &samples), rejection)
    Assert.Equal(RejectionReason.Flat, (nonNull rejection).Reason)
