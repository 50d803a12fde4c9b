/// Splits depend on the seed and on whose recording it is, and on nothing else.
module Mina.Preprocess.Tests.SplitTests

open System
open FsCheck.Xunit
open FsCheck
open Mina.Preprocess
open global.Xunit

let private ofId seed id =
    Splits.Assign(seed, id, null, SplitRatios.Paper)

[<Fact>]
let ``a recording's split is the same on every machine and for ever`` () =
    // SHA-256 of "6:A00001" and so on, reckoned with Python's hashlib.
    let splits = [ for i in 1..12 -> ofId 6L $"A%05d{i}" |> Splits.NameOf ]

    let expected = [
        "validation"
        "train"
        "train"
        "train"
        "test"
        "train"
        "validation"
        "train"
        "train"
        "test"
        "train"
        "train"
    ]

    Assert.Equal<string list>(expected, splits)

[<Property>]
let ``reordering and adding recordings move none`` (seed: int64) (ids: Guid list) (more: Guid list) =
    let assign (ids: Guid list) =
        ids |> List.map (fun id -> id, ofId seed (string id)) |> Map.ofList

    let few = assign ids
    let many = assign (more @ List.rev ids)

    for KeyValue(id, split) in few do
        Assert.Equal(split, many[id])

[<Property>]
let ``a group stays together, wherever its recordings' ids would go`` (seed: int64) (group: Guid) (ids: Guid list) =
    let splits =
        ids
        |> List.map (fun id -> Splits.Assign(seed, string id, string group, SplitRatios.Paper))

    Assert.True(List.length (List.distinct splits) <= 1)

[<Theory>]
[<InlineData("75/10/15")>]
[<InlineData("60/20/20")>]
[<InlineData("0/50/50")>]
[<InlineData("100/0/0")>]
[<InlineData("0/0/100")>]
let ``shares come near the ratios`` (text: string) =
    let ok, ratios = SplitRatios.TryParse text
    Assert.True ok

    for seed in [ 0L; 1L; -7L; Int64.MaxValue ] do
        let counts =
            [ 0..19999 ]
            |> List.countBy (fun i -> Splits.Assign(seed, $"A%05d{i}", null, ratios))
            |> Map.ofList

        let share split =
            float (defaultArg (Map.tryFind split counts) 0) / 200.0
        // Five standard deviations of a share of 20,000.
        let near (percent: int) (actual: float) =
            let p = float percent
            let tolerance = 5.0 * sqrt (p * (100.0 - p) / 20000.0)
            Assert.InRange(actual, p - tolerance, p + tolerance)

        near ratios.Train (share Split.Train)
        near ratios.Validation (share Split.Validation)
        near ratios.Test (share Split.Test)

[<Fact>]
let ``another seed splits otherwise`` () =
    let moved =
        [ 0..999 ] |> List.filter (fun i -> ofId 1L $"A%05d{i}" <> ofId 2L $"A%05d{i}")
    // 1 - 0.75^2 - 0.10^2 - 0.15^2 = 0.405 of them.
    Assert.InRange(moved.Length, 330, 480)

[<Theory>]
[<InlineData("75/10/14")>]
[<InlineData("75/25")>]
[<InlineData("75/10/10/5")>]
[<InlineData("-5/90/15")>]
[<InlineData("75/10/x")>]
[<InlineData("75.0/10/15")>]
[<InlineData("")>]
[<InlineData("2147483647/2147483647/102")>]
let ``shares that are not three whole numbers adding up to 100 are refused`` (text: string) =
    Assert.False(fst (SplitRatios.TryParse text))

[<Property>]
let ``shares read back as written`` (NonNegativeInt a) (NonNegativeInt b) =
    let train = a % 101
    let ratios = SplitRatios(train, b % (101 - train), 100 - train - b % (101 - train))
    Assert.Equal((true, ratios), SplitRatios.TryParse(string ratios))

[<Fact>]
let ``names of splits read back`` () =
    for split in Enum.GetValues<Split>() do
        Assert.Equal((true, split), Splits.TryParse(Splits.NameOf split))

    Assert.False(fst (Splits.TryParse "Train"))
