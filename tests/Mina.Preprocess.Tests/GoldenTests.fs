/// Coefficients and segments against those of NumPy and SciPy.
module Mina.Preprocess.Tests.GoldenTests

open System
open Mina.Preprocess
open Mina.Preprocess.Tests.Signals
open Xunit

[<Fact>]
let ``the bank's taps are scipy.signal.firwin's to 1e-12`` () =
    let golden = Golden.read (Golden.committed "fir.safetensors")
    let bank = FirBank PreprocessSettings.Default
    near "low" 1e-12 golden["low"] (bank.Low.ToArray())
    near "band" 1e-12 golden["band"] (bank.Band.ToArray())
    near "high" 1e-12 golden["high"] (bank.High.ToArray())

/// Within 1e-4 of each channel's range; of its value, where a channel has but one.
let private checkChannels (what: string) (golden: float[]) (actual: float32[]) =
    let size = golden.Length / Shapes.Channels
    Assert.Equal(golden.Length, actual.Length)

    for c in 0..3 do
        let expected = Array.sub golden (c * size) size
        let scale = if size = 1 then abs expected[0] else range expected
        near $"%s{what} of channel %d{c}" (1e-4 * scale) expected (Array.sub actual (c * size) size |> Array.map float)

[<SkippableFact>]
let ``segments of real recordings are the reference's to 1e-4 of each channel's range`` () =
    let golden = Golden.read (Golden.shared "golden/segments.safetensors")

    let keys =
        golden.Keys
        |> Seq.map (fun name -> name.Split('/')[0])
        |> Seq.distinct
        |> Seq.toArray

    Assert.Equal(6, keys.Length)

    for key in keys do
        let id, start = key.Split('@')[0], int (key.Split('@')[1])

        let label =
            if id = "A00004" || id = "A00005" then
                Label.AF
            else
                Label.Normal

        let rows =
            taken (labelled label (Array.map float32 golden[$"%s{key}/raw_recording"]))

        let i = Array.IndexOf(starts rows, start)
        Assert.True(i >= 0, $"%s{key}: there is no such window")
        checkChannels $"%s{key}/x" golden[$"%s{key}/x"] (row rows.X Shapes.XLength i)
        checkChannels $"%s{key}/k_beat" golden[$"%s{key}/k_beat"] (row rows.KBeat Shapes.XLength i)
        checkChannels $"%s{key}/k_rhythm" golden[$"%s{key}/k_rhythm"] (row rows.KRhythm Shapes.RhythmLength i)
        checkChannels $"%s{key}/k_freq" golden[$"%s{key}/k_freq"] (row rows.KFreq Shapes.Channels i)
