namespace Mina.Model

open System
open Mina.Preprocess

/// Takes parts for training from a long recording of which only beats are known, such as a day's annotations. A day of
/// one rhythm teaches little more than minutes of it, while changes and rare rhythms teach most.
[<RequireQualifiedAccess>]
module RhythmExcerpts =
    /// The number of windows in an excerpt of four minutes, and the seconds from one window to the next.
    let private windows = 144
    let private stride = 5.0 / 3.0
    let private length = float windows * stride + 10.0

    /// The seconds before an excerpt whose beats belong to its first minute.
    let private before = 70.0

    let private changes, others, anywhere = 24, 5, 16

    let private shuffled (seed: int64) (id: string) (items: 'T[]) =
        let mutable random = SplitMix64.ForWindow(seed, 0x73687566L, id, items.Length)
        let items = Array.copy items

        for i in items.Length - 1 .. -1 .. 1 do
            let j = int (random.Uniform() * float (i + 1))
            let kept = items[i]
            items[i] <- items[j]
            items[j] <- kept

        items

    /// <summary>Takes the excerpts of a recording: around up to 24 changes into and out of AF, up to five in each
    /// rhythm other than normal and AF, where it lasts longest, and 16 anywhere.</summary>
    /// <param name="seed">The seed; the same seed and recording give the same excerpts.</param>
    /// <param name="recording">The recording, whose windows are not used and may be left out.</param>
    /// <returns>Recordings whose windows have no probability; none where the recording lasts less than ten
    /// minutes.</returns>
    [<CompiledName("Take")>]
    let take (seed: int64) (recording: RhythmRecording) : RhythmRecording[] =
        let last = recording.Seconds - length

        if last < 300.0 then
            [||]
        else
            let mutable random = SplitMix64.ForWindow(seed, 0x657863L, recording.Id, 0)
            let isInside at = at > before + 130.0 && at < last
            let starts = ResizeArray<float>()

            let af =
                recording.Rhythms
                |> Array.filter (fun r -> r.Rhythm.StartsWith("AFIB", StringComparison.Ordinal))

            let ends =
                af
                |> Array.collect (fun r -> [| r.StartSeconds; min r.EndSeconds recording.Seconds |])
                |> Array.filter isInside
                |> shuffled seed recording.Id
                |> Array.truncate changes

            for at in ends do
                starts.Add(at - 120.0 + 60.0 * random.Uniform())

            let rare =
                recording.Rhythms
                |> Array.filter (fun r -> r.Rhythm <> "N" && r.Rhythm <> "AFIB" && isInside r.StartSeconds)
                |> Array.groupBy _.Rhythm
                |> Array.sortBy fst

            for _, spans in rare do
                let longest =
                    spans
                    |> Array.sortByDescending (fun r -> r.EndSeconds - r.StartSeconds)
                    |> Array.truncate (2 * others)
                    |> shuffled seed recording.Id
                    |> Array.truncate others

                for span in longest do
                    starts.Add(span.StartSeconds - 120.0 + 100.0 * random.Uniform())

            for _ in 1..anywhere do
                starts.Add(before + random.Uniform() * (last - before))

            let firstFrom (seconds: float) =
                let sample = int64 (ceil (seconds * float Shapes.Fs))
                let mutable low, high = 0, recording.Beats.Length

                while low < high do
                    let middle = (low + high) / 2

                    if recording.Beats[middle].Sample < sample then
                        low <- middle + 1
                    else
                        high <- middle

                low

            starts.ToArray()
            |> Array.mapi (fun i start ->
                let first = firstFrom (start - before)

                {
                    recording with
                        Id = $"{recording.Id}:{i}"
                        Beats = Array.sub recording.Beats first (firstFrom (start + length) - first)
                        Windows =
                            Array.init windows (fun k -> {
                                StartSeconds = start + float k * stride
                                Probability = Nullable()
                                // There is no signal, so nothing was classified.
                                Fault = WindowFault.Gap
                            })
                        Rhythms =
                            recording.Rhythms
                            |> Array.filter (fun r -> r.EndSeconds > start && r.StartSeconds < start + length)
                })
