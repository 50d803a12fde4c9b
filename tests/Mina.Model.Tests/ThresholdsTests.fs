module Mina.Model.Tests.ThresholdsTests

open Xunit
open FsCheck.Xunit
open Mina.Model
open Mina.Preprocess

/// A window a recording, of that class and probability.
let private scored (classes: int[]) (probabilities: float[]) : View =
    Array.map2 (fun c p -> c, p) classes probabilities
    |> Array.mapi (fun i (c, p) -> {
        RecordingId = $"r%04d{i}"
        Start = 0
        Label = System.Nullable(if c = 1 then Label.AF else Label.Normal)
        Class = c
        Probability = p
    })
    |> Views.paper

[<Fact>]
let ``Between classes that do not overlap the threshold parts them`` () =
    let classes = Array.init 100 (fun i -> if i < 30 then 1 else 0)

    let probabilities =
        Array.init 100 (fun i ->
            if i < 30 then
                0.8 + float i * 0.001
            else
                0.2 - float i * 0.001)

    let threshold = Thresholds.fit 1L (scored classes probabilities)
    Assert.InRange(threshold, 0.2, 0.83)
    Assert.All(Array.zip classes probabilities, fun (c, p) -> Assert.Equal((c = 1), (p >= threshold)))

[<Fact>]
let ``Without both classes it is a half`` () =
    Assert.Equal(0.5, Thresholds.fit 1L (scored [| 1; 1 |] [| 0.2; 0.9 |]))
    Assert.Equal(0.5, Thresholds.fit 1L (scored [| 0; 0 |] [| 0.2; 0.9 |]))

[<Property(MaxTest = 50)>]
let ``It lies between 0 and 1 and depends on the seed alone`` (rows: (bool * byte) list) (seed: int64) =
    let view =
        scored [| for c, _ in rows -> if c then 1 else 0 |] [| for _, p in rows -> float p / 255.0 |]

    let threshold = Thresholds.fit seed view
    threshold > 0.0 && threshold < 1.0 && threshold = Thresholds.fit seed view

[<Fact>]
let ``Each view gets a threshold of its own`` () =
    let window id start label (p: float) = {
        RecordingId = id
        Start = start
        Label = System.Nullable label
        Class = if label = Label.AF then 1 else 0
        Probability = p
    }

    // A recording of AF with one sure window among doubtful ones: its mean is far below its best window.
    let windows = [|
        for r in 1..20 do
            for k in 0..3 do
                window $"af%d{r}" (500 * k) Label.AF (if k = 0 then 0.9 else 0.5)
                window $"not%d{r}" (500 * k) Label.Normal 0.1
    |]

    let views = Views.all windows
    let all = Thresholds.fitAll 1L views
    Assert.Equal(Thresholds.fit 1L views[0], all.Paper)
    Assert.Equal(Thresholds.fit 1L views[1], all.Uniform)
    Assert.Equal(Thresholds.fit 1L views[2], all.Recording)
    Assert.Equal(all.Recording, all.For views[2])
    Assert.NotEqual(all.Uniform, all.Recording)
    Assert.True(all.AreValid())
