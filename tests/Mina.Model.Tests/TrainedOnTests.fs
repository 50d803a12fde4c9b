module Mina.Model.Tests.TrainedOnTests

open System.IO
open System.IO.Compression
open Xunit
open Mina.Model
open Mina.Preprocess

[<Fact>]
let ``a model knows what it has learned from without holding the names`` () =
    let known =
        TrainedOn.Create(
            "salt",
            [
                TrainedOn.Recording "a1"
                TrainedOn.Recording("a2", 60.04)
                TrainedOn.Person "p"
            ]
        )

    let read = TrainedOn.Decode(known.Encode())
    Assert.True(read.ContainsAny [ "recording:zz"; TrainedOn.Recording "a1" ])
    Assert.True(read.ContainsAny [ TrainedOn.Recording("a2", 60.0) ])
    Assert.True(read.ContainsAny [ TrainedOn.Person "p" ])

    Assert.False(
        read.ContainsAny [
            TrainedOn.Recording "a2"
            TrainedOn.Recording("a2", 61.0)
            TrainedOn.Person "a1"
        ]
    )

    let text = System.Text.Encoding.UTF8.GetString(known.Encode())
    Assert.DoesNotContain("a1", text.Split("hashes")[0])
    Assert.Equal<byte[]>(known.Encode(), read.Encode())

[<Fact>]
let ``of a model without the file nothing is known, and a damaged file is one sentence`` () =
    Assert.False TrainedOn.Unknown.IsKnown
    Assert.False(TrainedOn.Unknown.ContainsAny [ TrainedOn.Recording "a" ])
    Assert.False((TrainedOnFiles.ofNetwork "/nowhere").IsKnown)

    Assert.Throws<ProblemException>(fun () -> TrainedOn.Decode "{}"B |> ignore)
    |> ignore

[<SkippableFact>]
let ``the shipped network knows its 75 percent of CinC 2017 and nothing of the rest`` () =
    use zip = ZipFile.OpenRead(Golden.shared "cinc2017/training2017.zip")
    let known = TrainedOnFiles.shippedNetwork ()

    for entry in zip.Entries do
        if entry.Name.EndsWith ".hea" then
            let id = nonNull (Path.GetFileNameWithoutExtension entry.Name)
            let isTrain = Splits.Assign(1L, id, null, SplitRatios.Paper) = Split.Train
            Assert.Equal(isTrain, known.ContainsAny [ TrainedOn.Recording id ])

[<Fact>]
let ``the shipped rhythm level knows its recordings by id and length, and its people`` () =
    let known = TrainedOnFiles.shippedRhythm ()
    Assert.True(known.ContainsAny [ TrainedOn.Recording("100", 650000.0 / 360.0) ])
    Assert.True(known.ContainsAny [ TrainedOn.Person "ltafdb-54" ])
    Assert.False(known.ContainsAny [ TrainedOn.Recording("101", 650000.0 / 360.0); TrainedOn.Person "mitdb-101" ])
