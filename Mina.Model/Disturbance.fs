namespace Mina.Model

open System
open Mina.Preprocess

/// Disturbances of growing strength, to measure how a network copes with them (the paper's section on robustness). The
/// disturbance of a window is a function of (seed, window) alone and is only scaled by its strength, so that strengths
/// and models can be compared.
[<RequireQualifiedAccess>]
module Disturbance =
    /// The lowest and the highest frequency of baseline wander, in Hz.
    let private slowest, fastest = 0.05, 0.5

    /// Adds a disturbance and divides by the standard deviation that the recording, whose own is 1, would then have:
    /// ingest would have normalised it so.
    let private add (variance: float) (added: int -> float) (window: float32[]) : float32[] =
        let deviation = sqrt (1.0 + variance)
        window |> Array.mapi (fun t v -> float32 ((float v + added t) / deviation))

    /// <summary>Adds baseline wander: a sine of 0.05 to 0.5 Hz.</summary>
    /// <param name="amplitude">The amplitude in standard deviations of the recording, 0 or more.</param>
    /// <param name="seed">Decides frequency and phase, together with the window.</param>
    /// <param name="recordingId">The id of the window's recording.</param>
    /// <param name="start">The first sample of the window in the recording.</param>
    /// <param name="window">(n): samples at 300 Hz, in standard deviations of the recording.</param>
    [<CompiledName("Wander")>]
    let wander (amplitude: float) (seed: int64) (recordingId: string) (start: int) (window: float32[]) : float32[] =
        let mutable random = SplitMix64.ForWindow(seed, 0x77616E64L, recordingId, start)
        let hz = slowest + (fastest - slowest) * random.Uniform()
        let phase = 2.0 * Math.PI * random.Uniform()

        window
        |> add (amplitude * amplitude / 2.0) (fun t ->
            amplitude * sin (2.0 * Math.PI * hz * float t / float Shapes.Fs + phase))

    /// <summary>Adds white noise, which stands for muscle noise.</summary>
    /// <param name="decibels">The ratio in dB of the recording's power to that of the noise.</param>
    /// <param name="seed">Decides the noise, together with the window.</param>
    /// <param name="recordingId">The id of the window's recording.</param>
    /// <param name="start">The first sample of the window in the recording.</param>
    /// <param name="window">(n): samples at 300 Hz, in standard deviations of the recording.</param>
    [<CompiledName("Noise")>]
    let noise (decibels: float) (seed: int64) (recordingId: string) (start: int) (window: float32[]) : float32[] =
        let mutable random = SplitMix64.ForWindow(seed, 0x6E6F6973L, recordingId, start)
        let deviation = 10.0 ** (-decibels / 20.0)
        let course = Array.zeroCreate<float> window.Length

        for t in 0 .. course.Length - 1 do
            course[t] <- deviation * random.Normal()

        window |> add (deviation * deviation) (fun t -> course[t])
