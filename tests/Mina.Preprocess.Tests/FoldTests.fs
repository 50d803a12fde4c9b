/// The parts that training recordings are dealt into for cross-fitting.
module Mina.Preprocess.Tests.FoldTests

open System
open FsCheck
open FsCheck.Xunit
open Mina.Preprocess
open global.Xunit

let private partsOf seed count id group =
    [ 1..count ] |> List.filter (fun i -> Fold(i, count).Contains(seed, id, group))

[<Fact>]
let ``a recording's part is the same on every machine and for ever`` () =
    // SHA-256 of "fold:6:A00001" and so on, reckoned with Python's hashlib.
    let parts = [ for i in 1..12 -> partsOf 6L 5 $"A%05d{i}" null |> List.exactlyOne ]
    Assert.Equal<int list>([ 5; 2; 1; 5; 4; 4; 3; 4; 1; 4; 3; 5 ], parts)

[<Property>]
let ``every recording lies in exactly one part`` (seed: int64) (id: Guid) (PositiveInt more) =
    (partsOf seed (2 + more % 20) (string id) null).Length = 1

[<Property>]
let ``a group's recordings lie in one part`` (seed: int64) (group: Guid) (ids: Guid list) =
    ids
    |> List.map (fun id -> partsOf seed 5 (string id) (string group))
    |> List.distinct
    |> List.length
    <= 1

[<Fact>]
let ``parts are about equally large`` () =
    let inFirst =
        Seq.init 5000 (fun i -> Fold(1, 5).Contains(1L, $"r%d{i}", null))
        |> Seq.filter id
        |> Seq.length

    Assert.InRange(inFirst, 900, 1100)

[<Theory>]
[<InlineData("2/5", 2, 5)>]
[<InlineData("1/2", 1, 2)>]
[<InlineData("16/16", 16, 16)>]
let ``parts read back as they are written`` (text: string) number count =
    Assert.Equal(Fold(number, count), Fold.Parse text |> nonNull)
    Assert.Equal(text, string (Fold(number, count)))

[<Theory>]
[<InlineData("")>]
[<InlineData("2")>]
[<InlineData("0/5")>]
[<InlineData("6/5")>]
[<InlineData("1/1")>]
[<InlineData("-1/5")>]
[<InlineData("1/5/2")>]
[<InlineData("a/b")>]
let ``other texts are no part`` (text: string) = Assert.Null(Fold.Parse text)
