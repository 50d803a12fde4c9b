/// Gaps are never bridged: windows lie where nothing is missing, at 300 Hz and after resampling.
module Mina.Preprocess.Tests.GapTests

open System
open FsCheck.Xunit
open Mina.Preprocess
open Mina.Preprocess.Tests.Signals
open Xunit

[<Property(MaxTest = 50, Arbitrary = [| typeof<Arbitraries> |])>]
let ``windows start on the recording's grid wherever no sample is missing, and nowhere else``
    (g: GappyTrace)
    (af: bool)
    =
    let stride = if af then 50 else 500

    let missing =
        g.Holed |> Array.scan (fun n v -> if Single.IsFinite v then n else n + 1) 0

    let expected = [|
        for start in 0..stride .. g.Holed.Length - Shapes.Window do
            if missing[start] = missing[start + Shapes.Window] then
                start
    |]

    Assert.Equal<int[]>(expected, Windows.Starts(g.Holed, Shapes.Window, stride).ToArray())

[<Property(MaxTest = 30, Arbitrary = [| typeof<Arbitraries> |])>]
let ``no segment holds a non-finite number or covers a missing sample`` (g: GappyTrace) =
    let rows = Segments()

    match Preprocessor(PreprocessSettings.Default).Run(recording g.Fs g.Holed, rows) with
    | null ->
        Assert.True(rows.Count > 0)

        for i in 0 .. rows.Count - 1 do
            Assert.All(segment rows i, (fun v -> Assert.True(Single.IsFinite v)))
            let first = float rows.Start[i] / 300.0
            let last = float (rows.Start[i] + Shapes.Window - 1) / 300.0

            for t in int (ceil (first * g.Fs)) .. min (g.Holed.Length - 1) (int (last * g.Fs)) do
                Assert.True(Single.IsFinite g.Holed[t], $"Sample %d{t} is missing, in the window at %d{rows.Start[i]}.")
    | rejection -> Assert.Equal(RejectionReason.Gaps, rejection.Reason)

[<Property(MaxTest = 20, Arbitrary = [| typeof<Arbitraries> |])>]
let ``what is missing has no part in the statistics`` (g: GappyTrace) =
    let present = Array.filter Single.IsFinite g.Holed

    if present.Length > 0 then
        let struct (mean, deviation) = Quality.Statistics g.Holed
        let struct (expected, spread) = Quality.Statistics present
        Assert.Equal(expected, mean, 1e-9 * (abs expected + spread))
        Assert.Equal(spread, deviation, 1e-9 * (abs expected + spread))

[<Fact>]
let ``a gap costs the windows that touch it and no others`` () =
    let samples = trace 7 300.0 12000
    let whole = taken (recording 300.0 samples)
    Assert.Equal<int[]>([| 0..500..9000 |], starts whole)
    samples[5750] <- Single.NaN

    Assert.Equal<int[]>(
        [| 0; 500; 1000; 1500; 2000; 2500; 6000; 6500; 7000; 7500; 8000; 8500; 9000 |],
        starts (taken (recording 300.0 samples))
    )

[<Fact>]
let ``a recording that is flat wherever it can be resampled is rejected, not divided by zero`` () =
    // The one beat stands between two missing samples, so near them that resampling loses it.
    let samples = Array.zeroCreate<float32> 7200
    Array.blit [| Single.NaN; -1.0f; 1.0f; Single.NaN |] 0 samples 5998 4
    let rejection = rejected (recording 360.0 samples)
    Assert.Equal(RejectionReason.Flat, rejection.Reason)
