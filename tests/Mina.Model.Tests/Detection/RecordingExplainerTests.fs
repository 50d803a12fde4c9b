module Mina.Model.Tests.RecordingExplainerTests

open System
open Mina.Model
open Mina.Model.Tests.Samples
open Mina.Preprocess
open Xunit

let private short = recording "made" Label.Normal 30.0 3
let private long = recording "made" Label.Normal 75.0 3
let private detector threshold = Detector(untrained threshold)

let private withSamples (samples: float32[]) = Recording(short.Id, short.Fs, samples)

[<Fact>]
let ``a window's probability is the one that classify gives, of a short and of a long recording`` () =
    let detector = detector 0.5

    for recording in [ short; long ] do
        let classified = detector.Classify recording
        let window = classified.Windows[3]
        let explained = detector.Explain(recording, Nullable window.StartSeconds)
        Assert.Equal(window.Probability.Value, explained.Attention.Probability, 1e-4)
        Assert.Equal(window.FindingAt classified.Threshold, explained.Finding)

[<Theory>]
[<InlineData(0.001, true)>]
[<InlineData(0.999, false)>]
let ``without a start the highest probability is explained, or the lowest where none is AF``
    (threshold: float)
    (highest: bool)
    =
    let detector = detector threshold
    let windows = (detector.Classify short).Windows
    let probability (window: Verdict) = window.Probability.Value

    let wanted =
        if highest then
            Seq.maxBy probability windows
        else
            Seq.minBy probability windows

    let explained = detector.Explain short
    Assert.Equal(wanted.StartSeconds, explained.StartSeconds, 6)
    Assert.StartsWith((if highest then "highest" else "lowest"), explained.Why)
    Assert.Contains($"%d{windows.Count} windows", explained.Why)

[<Fact>]
let ``the original channel is the recording in millivolts up to a constant`` () =
    let explained = (detector 0.5).Explain(short, Nullable 7.5)
    Assert.Equal("mV", explained.Unit)
    Assert.Null explained.Why
    let offset = short.Samples[2250] - explained.Channels[0][0]

    for t in 0 .. Shapes.Window - 1 do
        Assert.Equal(float (short.Samples[2250 + t] - offset), float (explained.Channels[0][t]), 1e-4)

[<Theory>]
[<InlineData(-1.0)>]
[<InlineData(20.01)>]
[<InlineData(Double.NaN)>]
let ``a start outside of the recording is refused and the right range named`` (start: float) =
    let e =
        Assert.Throws<ProblemException>(fun () -> (detector 0.5).Explain(short, Nullable start) |> ignore)

    Assert.Contains("between 0 and 20 s", e.Message)

[<Fact>]
let ``a window that cannot be classified says why`` () =
    let refused samples start =
        Assert.Throws<ProblemException>(fun () -> (detector 0.5).Explain(withSamples samples, Nullable start) |> ignore)

    let gap = Array.copy short.Samples
    gap[1000] <- Single.NaN
    Assert.Contains("missing", (refused gap 1.0).Message)
    let off = Array.copy short.Samples
    off.AsSpan(0, 2000).Fill off[0]
    Assert.Contains("flat", (refused off 0.0).Message)

[<Fact>]
let ``a recording shorter than a window is refused`` () =
    let e =
        Assert.Throws<ProblemException>(fun () -> (detector 0.5).Explain(recording "made" Label.Normal 9.0 3) |> ignore)

    Assert.Contains("less than one window", e.Message)
