/// Recordings that cannot be used, each with its reason and one sentence that says what to do.
module Mina.Preprocess.Tests.RejectionTests

open System
open Mina.Preprocess
open Mina.Preprocess.Tests.Signals
open Xunit

let private check reason (message: string) recording =
    let rejection = rejected recording
    Assert.Equal(reason, rejection.Reason)
    Assert.Equal(message, rejection.Message)

[<Fact>]
let ``a recording shorter than a window is rejected`` () =
    let message =
        "R1: 10 s are less than one window; recordings must be at least 10 s long."

    check RejectionReason.TooShort message (recording 300.0 (trace 1 300.0 2999))
    check RejectionReason.TooShort (message.Replace("10 s are", "9 s are")) (recording 360.0 (trace 1 360.0 3240))

[<Fact>]
let ``a recording without a sample is rejected`` () =
    let message =
        "R1: 0 s are less than one window; recordings must be at least 10 s long."

    check RejectionReason.TooShort message (recording 300.0 [||])
    check RejectionReason.TooShort message (recording 360.0 [||])

[<Fact>]
let ``exactly one window, at 300 Hz and at 360 Hz, is taken`` () =
    Assert.Equal(1, (taken (recording 300.0 (trace 1 300.0 3000))).Count)
    Assert.Equal(1, (taken (recording 360.0 (trace 1 360.0 3600))).Count)

[<Theory>]
[<InlineData(0.0f)>]
[<InlineData(-0.3f)>]
[<InlineData(1e30f)>]
let ``a flat recording is rejected`` (value: float32) =
    let message = "R1: every sample is the same; check that the electrodes were on."
    check RejectionReason.Flat message (recording 300.0 (Array.create 9000 value))
    check RejectionReason.Flat message (recording 250.0 (Array.create 9000 value))

[<Fact>]
let ``a recording that is flat between gaps is rejected`` () =
    let samples = Array.create 9000 0.25f
    samples[4000] <- Single.NaN
    Assert.Equal(RejectionReason.Flat, (rejected (recording 300.0 samples)).Reason)

let private gapsMessage =
    "R1: missing samples leave no 10 s without a gap; nothing to cut a window from."

[<Fact>]
let ``a recording of nothing but gaps is rejected`` () =
    for missing in [ Single.NaN; Single.PositiveInfinity; Single.NegativeInfinity ] do
        check RejectionReason.Gaps gapsMessage (recording 300.0 (Array.create 9000 missing))
        check RejectionReason.Gaps gapsMessage (recording 360.0 (Array.create 9000 missing))

[<Fact>]
let ``gaps too near each other for a window are a rejection`` () =
    let samples = trace 1 300.0 9000

    for t in 0..2500..8999 do
        samples[t] <- Single.NaN

    check RejectionReason.Gaps gapsMessage (recording 300.0 samples)
    let samples = trace 1 360.0 10800

    for t in 0..3000..10799 do
        samples[t] <- Single.NaN

    check RejectionReason.Gaps gapsMessage (recording 360.0 samples)

/// A trace of 30 s, `seconds` of each ten of which lie at the converter's upper limit.
let private clipped fs (seconds: float) =
    let samples = trace 1 fs (int (30.0 * fs))

    for t in 0 .. samples.Length - 1 do
        if float t / fs % 10.0 < seconds then
            samples[t] <- 5.0f

    samples

[<Fact>]
let ``a saturated recording is rejected`` () =
    let message =
        "R1: 30 % of the samples lie at the converter's limits; check gain and electrodes."

    check RejectionReason.Saturated message (recording 300.0 (clipped 300.0 3.0))
    check RejectionReason.Saturated message (recording 500.0 (clipped 500.0 3.0))

[<Fact>]
let ``a recording saturated at both limits by turns is rejected`` () =
    let samples = Array.init 9000 (fun t -> if t / 20 % 2 = 0 then -5.0f else 5.0f)
    Assert.Equal(1.0, Quality.ShareAtLimits(samples, 300.0))
    Assert.Equal(RejectionReason.Saturated, (rejected (recording 300.0 samples)).Reason)

[<Fact>]
let ``a recording saturated where it is not missing is rejected`` () =
    let samples = clipped 300.0 3.0
    Array.fill samples 3000 3000 Single.NaN
    Assert.Equal(0.3, Quality.ShareAtLimits(samples, 300.0), 3)
    Assert.Equal(RejectionReason.Saturated, (rejected (recording 300.0 samples)).Reason)

[<Fact>]
let ``a fifth of the samples at the limits is still taken`` () =
    Assert.Equal(13, (taken (recording 300.0 (clipped 300.0 2.0))).Count)

[<Fact>]
let ``a lone highest sample a beat is no saturation`` () =
    let samples = trace 1 300.0 9000

    for t in 0..14..8999 do
        samples[t] <- 5.0f

    Assert.Equal(0.0, Quality.ShareAtLimits(samples, 300.0))

[<Theory>]
[<InlineData(0.0, "0")>]
[<InlineData(-300.0, "-300")>]
[<InlineData(Double.NaN, "NaN")>]
[<InlineData(Double.PositiveInfinity, "Infinity")>]
[<InlineData(1e-9, "1E-09")>]
[<InlineData(1.0, "1")>]
[<InlineData(49.9, "49.9")>]
[<InlineData(4e6, "4000000")>]
[<InlineData(1e12, "1000000000000")>]
let ``a sampling frequency that makes no sense`` (fs: float) (text: string) =
    let message =
        $"R1: a sampling frequency of %s{text} Hz lies outside the 50 to 100000 Hz that are accepted; "
        + "if it is wrong, correct it in the file."

    check RejectionReason.UnreadableHeader message (recording fs (trace 1 300.0 9000))

[<Theory>]
[<InlineData(50.0)>]
[<InlineData(100.0)>]
[<InlineData(128.7931)>]
[<InlineData(2000.0)>]
let ``any sampling frequency from 50 Hz to 100 kHz is taken`` (fs: float) =
    let seconds = 12
    let rows = taken (recording fs (trace 1 fs (int (ceil (float seconds * fs)))))
    Assert.Equal<int[]>([| 0; 500 |], starts rows)

[<Fact>]
let ``a recording at 100 kHz is taken`` () =
    Assert.Equal<int[]>([| 0 |], starts (taken (recording 100_000.0 (trace 1 100_000.0 1_000_000))))
