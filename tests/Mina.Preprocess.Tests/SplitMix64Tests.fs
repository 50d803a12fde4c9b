/// The one random generator: its bits are part of shards, first weights and dropout, so they may never change.
module Mina.Preprocess.Tests.SplitMix64Tests

open System
open FsCheck.Xunit
open Mina.Preprocess
open Xunit

let private take n (random: SplitMix64) =
    let mutable random = random
    Array.init n (fun _ -> random.Next())

[<Fact>]
let ``The sequence is that of the published algorithm`` () =
    // The first numbers for the seed 1234567, as other implementations publish them.
    let expected = [|
        6457827717110365317UL
        3203168211198807973UL
        9817491932198370423UL
        4593380528125082431UL
        16408922859458223821UL
    |]

    Assert.Equal<uint64[]>(expected, take 5 (SplitMix64 1234567UL))

[<Fact>]
let ``The generators of keys, windows, rows and epochs give the numbers they have always given`` () =
    let first (random: SplitMix64) = (take 1 random)[0]

    let found = [|
        first (SplitMix64.FromKey(1L, 2L, 3L))
        first (SplitMix64.ForWindow(7L, 0x73616D70L, "A00001", 500))
        first (SplitMix64.ForRow(-5L, 3))
        first (SplitMix64.ForEpoch(1L, 4))
    |]

    Assert.Equal<uint64[]>(
        [|
            10226409958636792195UL
            7199148874845549332UL
            9739683984246979185UL
            6777408662354021374UL
        |],
        found
    )

[<Property>]
let ``Uniform numbers lie in 0 .. 1 and whole numbers below their bound`` (seed: uint64, bound: int) =
    let bound = 1 + abs (bound % 1000)
    let mutable random = SplitMix64 seed

    List.forall id [
        for _ in 1..50 do
            let u = random.Uniform()
            let n = random.Below bound
            u >= 0.0 && u < 1.0 && n >= 0 && n < bound
    ]

[<Fact>]
let ``Normal numbers have mean 0 and standard deviation 1`` () =
    let mutable random = SplitMix64 1UL
    let numbers = Array.init 20000 (fun _ -> random.Normal())
    let mean = Array.average numbers
    let deviation = sqrt (Array.averageBy (fun x -> (x - mean) ** 2.0) numbers)
    Assert.InRange(mean, -0.03, 0.03)
    Assert.InRange(deviation, 0.97, 1.03)

[<Property>]
let ``A shuffle keeps every value`` (seed: uint64, values: int[]) =
    let shuffled = Array.copy values
    let mutable random = SplitMix64 seed
    random.Shuffle(Span shuffled)
    Array.sort shuffled = Array.sort values
