/// The filters against plain convolution, and what must hold of them whatever the signal.
module Mina.Preprocess.Tests.FirBankTests

open System
open FsCheck.Xunit
open Mina.Preprocess
open Mina.Preprocess.Tests.Signals
open Xunit

let private bank = FirBank PreprocessSettings.Default

/// The four channels of signal[start .. start + length), filtered as a part of the whole, and the low channel
/// unrounded.
let private channelsWithin (width: int) signal start length =
    let filter = ChannelFilter(bank, width)
    filter.Filter(signal: float32[])
    let x = Array.zeroCreate<float32>(Shapes.Channels * length)
    let exact = Array.zeroCreate<float> length
    filter.Channels(start, length, x, exact)
    x, exact

let private channels (signal: float32[]) =
    fst (channelsWithin 0 signal 0 signal.Length)

/// numpy.convolve(signal, taps, 'same') for no fewer samples than taps, summed in double.
let private convolve (signal: float32[]) (taps: ReadOnlyMemory<float>) =
    let taps = taps.ToArray()
    let half = taps.Length / 2

    Array.init signal.Length (fun t ->
        let mutable sum = 0.0

        for k in 0 .. taps.Length - 1 do
            let at = t + half - k

            if at >= 0 && at < signal.Length then
                sum <- sum + taps[k] * float signal[at]

        sum)

/// Windows far enough from zero to one's own units: a trace has a range of a few mV.
let private tolerance = 2e-6

[<Property(MaxTest = 10, Arbitrary = [| typeof<Arbitraries> |])>]
let ``the channels are the convolutions with the bank's own taps, zero-padded`` (t: Trace) (Any cut) =
    let signal = Array.truncate (1 + int cut % 3000) t.Samples
    let n = signal.Length
    let x = channels signal |> Array.map float
    near "original" 0.0 (Array.map float signal) x[.. n - 1]
    near "low" tolerance (convolve signal bank.Low) x[n .. 2 * n - 1]
    near "band" tolerance (convolve signal bank.Band) x[2 * n .. 3 * n - 1]
    near "high" tolerance (convolve signal bank.High) x[3 * n ..]

[<Property(MaxTest = 20, Arbitrary = [| typeof<Arbitraries> |])>]
let ``low, band and high add up to the original`` (t: Trace) =
    let n = t.Samples.Length
    let x = channels t.Samples |> Array.map float
    let sum = Array.init n (fun i -> x[n + i] + x[2 * n + i] + x[3 * n + i])
    near "sum" tolerance (Array.map float t.Samples) sum

[<Fact>]
let ``the taps of low, band and high add up to a lone 1 in the middle`` () =
    let sum =
        Array.map3 (fun a b c -> a + b + c) (bank.Low.ToArray()) (bank.Band.ToArray()) (bank.High.ToArray())

    near "taps" 1e-15 (Array.init 901 (fun k -> if k = 450 then 1.0 else 0.0)) sum

[<Fact>]
let ``every filter is symmetric, so that it delays all frequencies alike`` () =
    for taps in [ bank.Low; bank.Band; bank.High ] do
        near "reversed" 1e-15 (taps.ToArray()) (Array.rev (taps.ToArray()))

[<Property(MaxTest = 20, Arbitrary = [| typeof<Arbitraries> |])>]
let ``filters are linear`` (t: Trace) (a: sbyte) (b: sbyte) =
    let a, b = float32 a / 64.0f, float32 b / 64.0f
    let other = trace (t.Seed ^^^ 1) 300.0 t.Samples.Length

    let mixed =
        channels (Array.map2 (fun u v -> a * u + b * v) t.Samples other)
        |> Array.map float

    let apart =
        Array.map2 (fun u v -> float a * float u + float b * float v) (channels t.Samples) (channels other)

    near "mixed" (4.0 * tolerance) apart mixed

[<Property(MaxTest = 20, Arbitrary = [| typeof<Arbitraries> |])>]
let ``away from the edges filters do not know the time`` (t: Trace) (Any delay) =
    let delay = int delay % 2000
    let n = t.Samples.Length
    let late = channels (Array.append (trace 1 300.0 delay) t.Samples)
    let x = channels t.Samples

    for c in 0..3 do
        let inner (all: float32[]) from =
            Array.sub all (from + bank.Reach) (n - 2 * bank.Reach)

        sameBits $"channel %d{c}" (inner x (c * n)) (inner late (c * (n + delay) + delay))

[<Property(MaxTest = 20, Arbitrary = [| typeof<Arbitraries> |])>]
let ``a window filtered within a long recording is the window filtered alone, bit for bit``
    (t: Trace)
    (Any at)
    (Any size)
    =
    let length = 1 + int size % 3000
    let start = int at % (t.Samples.Length - length + 1)
    let x, exact = channelsWithin 0 t.Samples start length

    let aloneX, aloneExact =
        channelsWithin 0 (Array.sub t.Samples start length) 0 length

    sameBits "x" aloneX x
    Assert.Equal<float[]>(aloneExact, exact)

[<Property(MaxTest = 10, Arbitrary = [| typeof<Arbitraries> |])>]
let ``registers of any width give the same bits`` (t: Trace) (Any at) =
    let start = int at % (t.Samples.Length - Shapes.Window + 1)
    let x, exact = channelsWithin 0 t.Samples start Shapes.Window

    for width in [ 128; 256 ] do
        let narrowX, narrowExact = channelsWithin width t.Samples start Shapes.Window
        sameBits $"%d{width} bits" x narrowX
        Assert.Equal<float[]>(exact, narrowExact)

[<Property(MaxTest = 10, Arbitrary = [| typeof<Arbitraries> |])>]
let ``the low channel before it is rounded is the sum of its taps' products to ten digits`` (t: Trace) =
    let signal = Array.truncate 4000 t.Samples
    let _, exact = channelsWithin 0 signal 0 signal.Length
    near "low" 1e-9 (convolve signal bank.Low) exact

[<Theory>]
[<InlineData(0.5, 301)>]
[<InlineData(5.0, 901)>]
[<InlineData(0.5, 41)>]
[<InlineData(0.5, 1)>]
[<InlineData(0.2, 1501)>]
let ``taps of any number and cut are applied as they are`` hz taps =
    let settings =
        PreprocessSettings(LowTaps = taps, LowCutHz = hz, HighTaps = min taps 101)

    let bank = FirBank settings
    let filter = ChannelFilter bank
    let signal = trace 5 300.0 4000
    let x = Array.zeroCreate<float32>(Shapes.Channels * 3000)
    let exact = Array.zeroCreate<float> 3000
    filter.Filter signal
    filter.Channels(500, 3000, x, exact)
    near "low" 1e-8 (convolve (Array.sub signal 500 3000) bank.Low) exact

[<Theory>]
[<InlineData(0.05, 1)>]
[<InlineData(10.0, 2)>]
[<InlineData(25.0, 2)>]
[<InlineData(87.0, 3)>]
[<InlineData(133.0, 3)>]
let ``a sine comes out of its own channel and no other`` (hz: float) (own: int) =
    let n = 6000

    let x =
        channels (Array.init n (fun t -> float32 (sin (2.0 * Math.PI * hz * float t / 300.0))))

    for c in 1..3 do
        let inner = Array.sub x (c * n + bank.Reach) (n - 2 * bank.Reach)
        let largest = inner |> Array.map abs |> Array.max

        if c = own then
            Assert.InRange(largest, 0.98f, 1.02f)
        else
            Assert.InRange(largest, 0.0f, 0.02f)

[<Theory>]
[<InlineData(900, 101)>]
[<InlineData(901, 100)>]
[<InlineData(101, 901)>]
let ``taps that cannot be centred on each other are refused`` low high =
    let settings = PreprocessSettings(LowTaps = low, HighTaps = high)
    let e = Assert.Throws<ArgumentException>(fun () -> FirBank settings |> ignore)
    Assert.Contains($"got %d{low} and %d{high}", e.Message)
