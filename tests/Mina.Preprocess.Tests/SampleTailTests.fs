/// The last samples of a stream: kept in fewer bytes without a changed bit.
module Mina.Preprocess.Tests.SampleTailTests

open System
open FsCheck.Xunit
open Mina.Preprocess
open Mina.Preprocess.Streams
open Xunit

let private bits (samples: float32[]) =
    Array.map BitConverter.SingleToInt32Bits samples

/// Samples of converters of many kinds, with gaps, changes of gain, steps beyond 16 bits, and any float at all.
let private drawn (random: Random) count =
    let gain = [| 1.0; 200.0; 1000.0; 204.8; 333.3; 4.88; 32768.0 |][random.Next 7]
    let divides = random.Next 2 = 0
    let widest = [| 100; 2000; 32767; 32768; 1 <<< 20 |][random.Next 5]
    let stays = random.Next 4

    Array.init count (fun _ ->
        match random.Next 1000 with
        | 0 -> Single.NaN
        | 1 when stays = 0 -> Single.MaxValue
        | _ when stays = 1 -> random.NextSingle()
        | _ ->
            let multiple = float (random.Next(-widest, widest + 1))
            float32 (if divides then multiple / gain else multiple * gain))

[<Property(MaxTest = 150)>]
let ``whatever is added is there bit for bit, before and after it is written down`` (seed: int) =
    let random = Random seed

    let all =
        Array.concat (List.init (1 + random.Next 3) (fun _ -> drawn random (random.Next 4000)))

    let kept = 500 * (1 + random.Next 8)
    let mutable tail = SampleTail.Empty
    let mutable at = 0

    while at < all.Length do
        let count = min (all.Length - at) (1 + random.Next 1300)
        tail <- tail.Add(ReadOnlySpan(all, at, count), kept)
        at <- at + count

    Assert.Equal(int64 all.Length, tail.End)
    Assert.InRange(tail.Count, min all.Length kept, min all.Length kept + 500)
    let expected = all[int tail.First ..]
    let from = random.Next(tail.Count + 1)
    let actual: float32[] = Array.zeroCreate (random.Next(tail.Count - from + 1))
    tail.CopyTo(tail.First + int64 from, Span<float32> actual)
    Assert.Equal<int[]>(bits expected[from .. from + actual.Length - 1], bits actual)

    let session =
        StreamSession(Fs = 300.0, Start = DateTimeOffset.UnixEpoch, Samples = tail)

    let write (session: StreamSession) =
        let writer = SnapshotWriter 3
        CutterSnapshot.Write(writer, StreamCutter(Session = session))
        writer.ToArray()

    let written = write session
    let restored = CutterSnapshot.Read(SnapshotReader(written, 3))
    let again: float32[] = Array.zeroCreate tail.Count
    (Unchecked.nonNull restored.Session).Samples.CopyTo(tail.First, Span<float32> again)
    Assert.Equal<int[]>(bits expected, bits again)
    Assert.Equal<byte[]>(written, write (Unchecked.nonNull restored.Session))

[<Property(MaxTest = 100)>]
let ``windows are normalised as by all samples of the trailing 60 s, long after those are gone`` (seed: int) =
    let random = Random seed
    let count = 3000 + 500 * random.Next 80
    let samples = drawn random count
    // A flat lead, a lost one, and an artefact.
    for value in [ 0.25f; Single.NaN; 40.0f ] do
        if random.Next 2 = 0 then
            let at = random.Next count
            Array.fill samples at (min (count - at) (random.Next 8000)) value

    let kept = 3000 + 500 * random.Next 4
    let mutable tail = SampleTail.Empty

    for at in 0..500..count do
        if at < count then
            tail <- tail.Add(ReadOnlySpan(samples, at, 500), kept)

        // As a snapshot leaves it.
        if random.Next 20 = 0 then
            let writer = SnapshotWriter 3
            tail.Write writer
            tail <- SampleTail.Read(SnapshotReader(writer.ToArray(), 3))

        if tail.End >= 3000L then
            let last = int tail.End
            let trailing = samples[max 0 (last - 18000) .. last - 1]
            Assert.True(tail.Covers tail.End)
            Assert.Equal(LiveStatistics.ComputeAll(ReadOnlySpan trailing), tail.Statistics tail.End)
            Assert.Equal(Quality.IsFlat(ReadOnlySpan trailing), tail.IsFlat tail.End)

    Assert.InRange(tail.Count, 3000, kept + 500)

[<Property(MaxTest = 50)>]
let ``a window that ends between two blocks is normalised by its own trailing 60 s`` (seed: int) =
    let random = Random seed
    let samples = drawn random (22000 + random.Next 3000)
    let tail = SampleTail.Empty.Add(ReadOnlySpan samples, samples.Length)
    let last = 18000 + random.Next(samples.Length - 18000)
    let trailing = samples[max 0 (last - 18000) .. last - 1]
    Assert.True(tail.Covers(int64 last))
    Assert.Equal(LiveStatistics.ComputeAll(ReadOnlySpan trailing), tail.Statistics(int64 last))
