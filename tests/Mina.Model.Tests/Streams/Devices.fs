/// Simulated devices and the network between them and the monitor: what arrives when, made from a seed alone.
module Mina.Model.Tests.Streams.Devices

open System
open Mina.Preprocess
open Mina.Preprocess.Streams

let epoch = DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero)

/// Beats whose amplitude is doubled where the simulated patient has AF, so that a classifier can tell it by the range.
let private signal (random: Random) (fs: float) (count: int) (from: float) (isAF: float -> bool) =
    let rate = 0.6 + 0.4 * random.NextDouble()

    Array.init count (fun i ->
        let second = from + float i / fs
        let phase = second % rate - 0.1
        let beat = exp (-phase * phase / (2.0 * 0.012 * 0.012))
        float32 ((if isAF second then 2.0 else 1.0) * beat + 0.02 * random.NextDouble()))

/// What the classifier says: high where the amplitude is, with digits that any changed sample changes.
let probability (tools: CutterTools) (window: CutWindow) : float32 =
    let samples = Array.zeroCreate<float32> Shapes.Window

    match window.Samples with
    | null -> ()
    | tail -> tail.CopyTo(window.Position, samples)

    let range = Array.max samples - Array.min samples
    let digits = samples |> Array.mapi (fun i v -> float v * float (i % 7)) |> Array.sum
    float32 ((if range > 1.5f then 0.9 else 0.05) + 0.05 * (abs digits % 1.0))

/// How bad the world is for a device.
type Faults = {
    Drop: float
    Duplicate: float
    /// Seconds that a chunk takes at most.
    Delay: float
    /// Chance a chunk that the device's clock steps, stands for a while, or the device is switched off and on.
    Trouble: float
}

let calm = {
    Drop = 0.0
    Duplicate = 0.0
    Delay = 0.3
    Trouble = 0.0
}

let rough = {
    Drop = 0.03
    Duplicate = 0.06
    Delay = 2.5
    Trouble = 0.03
}

/// The chunks of a device as they reach the monitor: when by the server's clock, and what. In the order of arrival.
let arrivals (seed: int) (seconds: float) (faults: Faults) : struct (DateTimeOffset * SampleChunk)[] =
    let random = Random seed
    let chance share = random.NextDouble() < share
    let fs = [| 128.0; 250.0; 300.0 |][random.Next 3]
    let length = 0.5 + 2.0 * random.NextDouble()
    let onset = seconds * random.NextDouble()
    let offset = onset + 45.0 * random.NextDouble()
    let mutable clock = epoch.AddSeconds(float (random.Next(-100, 100)))
    let mutable standing = 0
    let mutable sequence = if chance 0.2 then int64 (random.Next 1000) else 0L
    let mutable now = 0.0

    [|
        while now < seconds do
            let count = max 1 (int (length * fs))
            let ends = chance (faults.Trouble / 4.0)
            let samples = signal random fs count now (fun s -> s > onset && s < offset)
            let chunk = SampleChunk(sequence, clock, fs, samples, ends)
            now <- now + float count / fs
            let sent = epoch.AddSeconds now

            if not (chance faults.Drop) then
                struct (sent.AddSeconds(faults.Delay * random.NextDouble() * random.NextDouble()), chunk)

            if chance faults.Duplicate then
                struct (sent.AddSeconds(3.0 * faults.Delay * random.NextDouble()), chunk)

            sequence <- sequence + 1L

            if standing > 0 then
                standing <- standing - 1
            else
                clock <- clock.AddSeconds(float count / fs)

            if chance faults.Trouble then
                match random.Next 5 with
                | 0 -> clock <- clock.AddSeconds(float (random.Next(-80, 80)))
                | 1 -> standing <- random.Next 20
                | 2 -> clock <- clock.AddSeconds(random.NextDouble() - 0.5)
                | 3 ->
                    // Off for a while; it counts from 0 again.
                    let off = 90.0 * random.NextDouble()
                    now <- now + off
                    clock <- clock.AddSeconds off
                    sequence <- 0L
                | _ -> sequence <- sequence + int64 (random.Next 6)
    |]
    |> Array.sortBy (fun struct (at, _) -> at)
