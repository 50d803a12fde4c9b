/// The resampler against scipy.signal.resample_poly, and at gaps.
module Mina.Preprocess.Tests.ResamplerTests

open System
open System.IO
open System.Text.Json
open FsCheck.Xunit
open Mina.Preprocess
open Mina.Preprocess.Tests.Signals
open Xunit

/// One case of tests/golden/resample.json.
[<CLIMutable>]
type Case = {
    fs: float
    up: int
    down: int
    x: float[]
    y: float[]
}

let private cases =
    lazy
        (match JsonSerializer.Deserialize<Case[]>(File.ReadAllText(Golden.committed "resample.json")) with
         | null -> failwith "tests/golden/resample.json holds nothing"
         | cases -> cases)

let private floats (values: float[]) = ReadOnlySpan(Array.map float32 values)

[<Theory>]
[<InlineData(360.0)>]
[<InlineData(200.0)>]
[<InlineData(250.0)>]
[<InlineData(128.0)>]
[<InlineData(500.0)>]
let ``resampling to 300 Hz gives scipy.signal.resample_poly's numbers, its edges with padtype edge`` (fs: float) =
    let all = cases.Value |> Array.filter (fun c -> c.fs = fs)
    Assert.NotEmpty all

    for case in all do
        let resampler = Resampler(fs, 300.0)
        Assert.Equal((case.up, case.down), (resampler.Up, resampler.Down))
        Assert.Equal(case.y.Length, resampler.OutputLength case.x.Length)
        let y = resampler.Run(floats case.x) |> Array.map float
        // What a float near these values can tell, and 1e-6 of their range.
        let tolerance = 1e-7 * Array.max case.y + 1e-6 * range case.y
        near $"%g{fs} Hz, %d{case.x.Length} samples" tolerance case.y y

[<Property(MaxTest = 30, Arbitrary = [| typeof<Arbitraries> |])>]
let ``a missing sample makes missing what it reaches, and changes nothing else`` (seed: int) (Any place) =
    for fs in [ 360.0; 200.0; 128.0 ] do
        let resampler = Resampler(fs, 300.0)
        let x = trace seed fs 600
        let whole = resampler.Run x
        let at = int place % x.Length
        x[at] <- Single.NaN
        let holed = resampler.Run x
        let middle = float at * 300.0 / fs
        // Ten zero crossings to each side, at the lower of both rates.
        let reach = 10.0 * max 1.0 (300.0 / fs) + 1.0

        for m in 0 .. whole.Length - 1 do
            if not (Single.IsNaN holed[m]) then
                sameBits $"%g{fs} Hz at %d{m}" [| whole[m] |] [| holed[m] |]
                Assert.True(abs (float m - middle) >= 0.5, $"Sample %d{m} lies on the gap.")
            elif at > 0 && at < x.Length - 1 then
                Assert.True(abs (float m - middle) <= reach, $"Sample %d{m} lies far from the gap at %g{middle}.")

[<Theory>]
[<InlineData(360.0, 10.0)>]
[<InlineData(128.0, 25.0)>]
[<InlineData(1000.0, 40.0)>]
let ``a sine below both Nyquist frequencies stays the same sine`` (fs: float) (hz: float) =
    let sine rate n =
        Array.init n (fun t -> sin (2.0 * Math.PI * hz * float t / rate))

    let y =
        Resampler(fs, 300.0).Run(floats (sine fs (int (4.0 * fs)))) |> Array.map float

    let expected = sine 300.0 1200
    near "sine" 2e-3 expected[100..1099] y[100..1099]

[<Fact>]
let ``what 300 Hz cannot hold is taken out, not folded back`` () =
    let x =
        Array.init 4000 (fun t -> float32 (sin (2.0 * Math.PI * 220.0 * float t / 1000.0)))

    let y = Resampler(1000.0, 300.0).Run x
    Assert.All(y[100..1099], (fun v -> Assert.InRange(v, -2e-3f, 2e-3f)))

[<Theory>]
[<InlineData(257.0, 300, 257)>]
[<InlineData(300.0, 1, 1)>]
[<InlineData(1000.0, 3, 10)>]
[<InlineData(333.3333333333, 9, 10)>]
let ``factors are the smallest whole numbers that do`` (fs: float) up down =
    let resampler = Resampler(fs, 300.0)
    Assert.Equal((up, down), (resampler.Up, resampler.Down))

[<Theory>]
[<InlineData(0.0)>]
[<InlineData(-360.0)>]
[<InlineData(Double.NaN)>]
[<InlineData(Double.PositiveInfinity)>]
[<InlineData(1e9)>]
let ``frequencies that no ratio serves are refused`` (fs: float) =
    Assert.Throws<ArgumentOutOfRangeException>(fun () -> Resampler(fs, 300.0) |> ignore)
