module Mina.Preprocess.Tests.WindowQualityTests

open System
open FsCheck.Xunit
open Xunit
open Mina.Preprocess

// A window as WindowQuality's docstring defines its dead samples, one sample after the other.
let private dead (samples: float32[]) =
    let low, high = Array.min samples, Array.max samples
    let near = 0.002f * (high - low)

    let rec runs first lowest highest t counted =
        let ended = t = samples.Length
        let v = if ended then nanf else samples[t]
        let lower, higher = min lowest v, max highest v

        if not ended && higher - lower <= near then
            runs first lower higher (t + 1) counted
        else
            let length = t - first
            let atLimit = lowest - low <= near || high - highest <= near

            let counted =
                counted
                + (if length >= 300 || atLimit && length >= 15 then
                       length
                   else
                       0)

            if ended then counted else runs t v v (t + 1) counted

    float (runs 0 samples[0] samples[0] 1 0) / float samples.Length

// Noise with plateaus: at the limits and between them, about as long as those that count, level to about the tolerance.
let private window (seed: int) =
    let random = Random seed
    let offset = if random.Next 4 = 0 then 1e4f else 0f

    let samples =
        Array.init 3000 (fun _ -> offset + float32 (random.NextDouble() * 2.0 - 1.0))

    for _ in 1 .. random.Next 6 do
        let length =
            if random.Next 2 = 0 then
                random.Next(1, 40)
            else
                random.Next(250, 400)

        let first = random.Next(0, 3000 - length)
        let level = [| -1f; 1f; 0.3f; -0.999f; 0.996f |][random.Next 5]
        let wobble = [| 0f; 0.003f; 0.005f |][random.Next 3]

        for t in first .. first + length - 1 do
            samples[t] <- offset + level + wobble * float32 (random.NextDouble())

    samples

[<Property(MaxTest = 400)>]
let ``The samples without signal are those of the runs that the rule names`` (seed: int) =
    let samples = window seed
    Assert.Equal(dead samples, WindowQuality.Dead samples)

[<Fact>]
let ``Plateaus count from 15 samples on at a limit, and from 300 on between the limits`` () =
    let plateau length level =
        Array.init 3000 (fun t ->
            if t < 1000 + length && t >= 1000 then
                level
            else
                sin (float32 t / 3f) * 0.9f)
        |> fun samples ->
            samples[0] <- -1f
            samples[10] <- 1f
            WindowQuality.Dead samples * 3000.0 |> round |> int

    Assert.Equal(0, plateau 14 1f)
    Assert.Equal(15, plateau 15 1f)
    Assert.Equal(15, plateau 15 -1f)
    Assert.Equal(0, plateau 299 0.2f)
    Assert.Equal(300, plateau 300 0.2f)

[<Fact>]
let ``A gap, no samples and a level line are dead throughout`` () =
    let samples = window 1
    samples[2000] <- nanf
    Assert.Equal(1.0, WindowQuality.Dead samples)
    Assert.Equal(1.0, WindowQuality.Dead(ReadOnlySpan<float32>()))
    Assert.Equal(1.0, WindowQuality.Dead(ReadOnlySpan(Array.create 3000 0.5f)))
