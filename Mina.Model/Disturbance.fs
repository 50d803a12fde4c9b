namespace Mina.Model

open System
open Mina.Preprocess

/// Disturbances of growing strength, to see how a network bears them (the paper's section on robustness). A window's course of
/// disturbance is a function of (seed, window) alone and its strength only scales it, so that strengths and models compare.
[<RequireQualifiedAccess>]
module Disturbance =
    /// Hz: what baseline wander is made of.
    let private slowest, fastest = 0.05, 0.5

    /// Divided by what the added power makes of the recording's standard deviation, which was 1: as ingest would have normalised it.
    let private add (variance: float) (added: int -> float) (window: float32[]) : float32[] =
        let deviation = sqrt (1.0 + variance)
        window |> Array.mapi (fun t v -> float32 ((float v + added t) / deviation))

    /// <summary>Baseline wander: a sine of 0.05 to 0.5 Hz.</summary>
    /// <param name="amplitude">In standard deviations of the recording, 0 or more.</param>
    /// <param name="seed">Another seed, another frequency and phase.</param>
    /// <param name="recordingId">Whose window it is.</param>
    /// <param name="start">Where it starts.</param>
    /// <param name="window">(n) at 300 Hz, in standard deviations of the recording.</param>
    [<CompiledName("Wander")>]
    let wander (amplitude: float) (seed: int64) (recordingId: string) (start: int) (window: float32[]) : float32[] =
        let mutable random = SplitMix64.ForWindow(seed, 0x77616E64L, recordingId, start)
        let hz = slowest + (fastest - slowest) * random.Uniform()
        let phase = 2.0 * Math.PI * random.Uniform()

        window
        |> add (amplitude * amplitude / 2.0) (fun t ->
            amplitude * sin (2.0 * Math.PI * hz * float t / float Shapes.Fs + phase))

    /// <summary>White noise, as of muscle.</summary>
    /// <param name="decibels">Signal to noise: the recording's power over the noise's.</param>
    /// <param name="seed">Another seed, other noise.</param>
    /// <param name="recordingId">Whose window it is.</param>
    /// <param name="start">Where it starts.</param>
    /// <param name="window">(n) at 300 Hz, in standard deviations of the recording.</param>
    [<CompiledName("Noise")>]
    let noise (decibels: float) (seed: int64) (recordingId: string) (start: int) (window: float32[]) : float32[] =
        let mutable random = SplitMix64.ForWindow(seed, 0x6E6F6973L, recordingId, start)
        let deviation = 10.0 ** (-decibels / 20.0)
        let course = Array.zeroCreate<float> window.Length

        for t in 0 .. course.Length - 1 do
            course[t] <- deviation * random.Normal()

        window |> add (deviation * deviation) (fun t -> course[t])
