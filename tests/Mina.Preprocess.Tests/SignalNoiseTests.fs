/// Which windows are too noisy, and how fast the heart beats.
module Mina.Preprocess.Tests.SignalNoiseTests

open System
open FsCheck.Xunit
open Mina.Preprocess
open Mina.Preprocess.Tests.Signals
open Xunit

/// Narrow beats, `rate` a minute, on a line that is almost one.
let private beats (rate: float) (amplitude: float) =
    Array.init Shapes.Window (fun t ->
        let s = float t / 300.0
        let since = s - Math.Round(s * rate / 60.0) * 60.0 / rate

        float32 (
            amplitude * exp (-(since ** 2.0) / (2.0 * 0.012 ** 2.0))
            + 0.05 * amplitude * sin (2.0 * Math.PI * 3.0 * s)
        ))

let private noise seed =
    let random = Random(seed: int)

    let gaussian () =
        sqrt (-2.0 * log (1.0 - random.NextDouble()))
        * cos (2.0 * Math.PI * random.NextDouble())

    Array.init Shapes.Window (fun _ -> float32 (gaussian ()))

[<Property(MaxTest = 20)>]
let ``white noise is too noisy`` (seed: int) =
    Assert.Equal(WindowFault.Noisy, WindowQuality.FaultOf(noise seed))

[<Theory>]
[<InlineData(40.0)>]
[<InlineData(72.0)>]
[<InlineData(150.0)>]
let ``clean beats are not noisy and are counted`` (rate: float) =
    let window = beats rate 1.0
    Assert.Equal(WindowFault.None, WindowQuality.FaultOf window)
    Assert.InRange(HeartRate.Estimate(window, 300.0).Value, rate - 1.5, rate + 1.5)

[<Property(MaxTest = 20, Arbitrary = [| typeof<Arbitraries> |])>]
let ``quality and heart rate do not depend on gain or offset`` (Any gain) =
    let scale = 0.01f + float32 (gain % 1000)
    let window = beats 80.0 1.0
    let other = window |> Array.map (fun v -> scale * v + 3.0f)
    Assert.Equal(SignalNoise.Kurtosis window, SignalNoise.Kurtosis other, 2)
    Assert.Equal(HeartRate.Estimate(window, 300.0).Value, HeartRate.Estimate(other, 300.0).Value, 6)

[<Fact>]
let ``each fault has its reason`` () =
    let gap = beats 70.0 1.0
    gap[1234] <- Single.NaN
    Assert.Equal(WindowFault.Gap, WindowQuality.FaultOf gap)
    Assert.Equal(WindowFault.LeadOff, WindowQuality.FaultOf(ReadOnlySpan(Array.create Shapes.Window 0.3f)))
    let off = beats 70.0 1.0
    Array.fill off 1000 1500 -5.0f
    Assert.Equal(WindowFault.LeadOff, WindowQuality.FaultOf off)

    let clipped =
        Array.init Shapes.Window (fun t ->
            float32 (Math.Clamp(3.0 * sin (2.0 * Math.PI * 1.2 * float t / 300.0), -1.0, 1.0)))

    Assert.Equal(WindowFault.Saturated, WindowQuality.FaultOf clipped)

[<Fact>]
let ``a flat line has no heart rate`` () =
    Assert.False((HeartRate.Estimate(ReadOnlySpan<float32>(Array.zeroCreate Shapes.Window), 300.0)).HasValue)
