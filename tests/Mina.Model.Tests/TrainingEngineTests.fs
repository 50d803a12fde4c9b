/// The SIMD training engine against PyTorch's numbers and TorchSharp's autograd, at every register width and on any
/// threads.
module Mina.Model.Tests.TrainingEngineTests

open System
open System.IO
open System.Runtime.Intrinsics
open System.Threading.Tasks
open Mina.Model
open Mina.Model.Torch
open Mina.Model.Networks.FreqNet
open Mina.Model.Tests.Golden
open Mina.Preprocess
open FsCheck.FSharp
open FsCheck.Xunit
open TorchSharp
open Xunit

/// Every width; those that the machine lacks run in software.
let private engines: (string * ITrainingEngine) list = [
    "512 bits", TrainingEngine.avx512 ()
    "256 bits", TrainingEngine.avx2 ()
    "128 bits", TrainingEngine.portable ()
]

let private backward (engine: ITrainingEngine) weights batch loss dropout workers =
    // What is there before must not matter.
    let gradients = Array.create parameters.Count nanf
    let value = engine.Backward(weights, batch, loss, null, dropout, gradients, workers)
    struct (float32 value, gradients)

/// The same network by TorchSharp.
let private autograd =
    lazy (NetworkCatalog.FindIn(TorchEngine(), "FreqNet").CreateTraining())

let private checkGolden weights batch (file: SafetensorsFile) =
    for name, engine in engines do
        let struct (loss, gradients) =
            backward engine weights batch Loss.SoftmaxCrossEntropy null SingleThread.workers

        close $"loss, %s{name}" (file["loss"].AsFloat32()) [| loss |]

        for parameter, g in parameters.ToTensors gradients do
            closeGradient $"%s{parameter}, %s{name}" (file["grad." + parameter].AsFloat32()) (g.AsFloat32())

[<Fact>]
let ``Loss and every gradient are PyTorch's on made-up segments`` () =
    checkGolden FormulaGolden.weights FormulaGolden.batch (read (committed "freqnet_formula.safetensors"))

[<Fact>]
let ``Autograd gives PyTorch's loss and every gradient on made-up segments, so both engines train alike`` () =
    let file = read (committed "freqnet_formula.safetensors")

    let struct (loss, gradients) =
        backward
            autograd.Value
            FormulaGolden.weights
            FormulaGolden.batch
            Loss.SoftmaxCrossEntropy
            null
            SingleThread.workers

    close "loss" (file["loss"].AsFloat32()) [| loss |]

    for parameter, g in parameters.ToTensors gradients do
        closeGradient parameter (file["grad." + parameter].AsFloat32()) (g.AsFloat32())

[<SkippableFact>]
let ``Loss and every gradient are PyTorch's on real windows`` () =
    let file = read (shared "golden/freqnet_io.safetensors")
    checkGolden (parameters.Decode(File.ReadAllBytes(shared "golden/freqnet.safetensors"))) (batch file) file

/// A mask that drops about `chance` of a batch's features.
let private mask seed (chance: float) count =
    let random = Random(seed: int)

    Array.init (Shapes.Channels * count * Sizes.Rhythm) (fun _ ->
        if random.NextDouble() < chance then
            0.0f
        else
            float32 (1.0 / (1.0 - chance)))

let private largest (numbers: float32[]) =
    numbers |> Array.fold (fun m x -> max m (abs x)) 1e-20f

/// Largest and root mean square difference, relative to the largest expected number or to `least`, whichever is more.
let private relative (least: float32) (expected: float32[]) (actual: float32[]) =
    let scale = max least (largest expected)

    let differences =
        Array.map2
            (fun e a ->
                if Single.IsNaN a then
                    infinity
                else
                    float (abs (e - a) / scale))
            expected
            actual

    struct (Array.max differences, sqrt (differences |> Array.averageBy (fun d -> d * d)))

let private cases =
    Gen.zip3
        (Gen.oneof [ Gen.choose (1, 9); Gen.choose (10, 128) ])
        (Gen.choose (0, 10000))
        (Gen.elements [
            Loss.CrossEntropy, 0.0
            Loss.CrossEntropy, 0.3
            Loss.SoftmaxCrossEntropy, 0.5
        ])
    |> Arb.fromGen

// Held to 1e-4 of each parameter's range, but:
// - Where a softmax or tanh is all but saturated, a parameter's gradients are what is left of far larger numbers, and
// both networks' are rounding: they are held to 1e-6 of the network's largest.
// - A number within rounding of 0 may be on either side of it, and relu passes in one network what it stops in the
// other. That moves single numbers of the layers below a relu by more than rounding does: there the mean is held to
// 1e-4, a single number to 1e-3.
[<Property(MaxTest = 10)>]
let ``Loss and gradients are those of TorchSharp's autograd for any weights, batch and dropout`` () =
    Prop.forAll cases (fun (count, seed, (kind, chance)) ->
        let weights = initial (int64 seed)
        let batch = randomBatch seed count

        let dropout: float32[] | null =
            if chance > 0.0 then mask seed chance count else null

        let struct (expected, all) =
            backward autograd.Value weights batch kind dropout SingleThread.workers

        let byName = dict (parameters.ToTensors all)

        for name, engine in engines do
            let struct (loss, gradients) =
                backward engine weights batch kind dropout SingleThread.workers

            close $"loss, %s{name}" [| expected |] [| loss |]

            for parameter, g in parameters.ToTensors gradients do
                let struct (worst, mean) =
                    relative (largest all / 100.0f) (byName[parameter].AsFloat32()) (g.AsFloat32())

                let most = if parameter.Contains ".conv" then 1e-3 else 1e-4

                Assert.True(
                    worst <= most && mean <= 1e-4,
                    $"%s{parameter} differs by %g{worst} (mean %g{mean}) of its range, %s{name}, %d{count} windows"
                ))

let private same (expected: float32[]) (actual: float32[]) =
    Assert.True(ReadOnlySpan(expected).SequenceEqual(ReadOnlySpan actual), "the numbers are not the same bit for bit")

[<SkippableFact>]
let ``All widths give the same bits where products are fused`` () =
    Skip.IfNot(X86.Fma.IsSupported || Arm.AdvSimd.IsSupported, "this processor has no fused multiply-add")

    for count in [ 1; 4; 7 ] do
        let results =
            engines
            |> List.map (fun (_, engine) ->
                let dropout = mask 3 0.5 count
                backward engine (initial 5L) (randomBatch 3 count) Loss.CrossEntropy dropout SingleThread.workers)

        let struct (loss, gradients) = results.Head

        for struct (l, g) in results.Tail do
            Assert.Equal(loss, l)
            same gradients g

[<Property>]
let ``A loss is finite at any logits and its gradients are its slopes`` () =
    let logit = Gen.choose (-9000, 9000) |> Gen.map (fun n -> float32 n / 1000.0f)

    let cases =
        Gen.zip3
            logit
            logit
            (Gen.elements [
                Loss.CrossEntropy, 0.0
                Loss.CrossEntropy, 0.3
                Loss.CrossEntropy, 1.0
                Loss.SoftmaxCrossEntropy, 0.6
                Loss.SoftmaxCrossEntropy, 1.0
            ])

    Prop.forAll (Arb.fromGen cases) (fun (notAF, af, (loss, target)) ->
        let at (a: float32) (b: float32) = LossAt.ofLogits loss a b target
        let here, step = at notAF af, 0.0625f // steps that float32 takes exactly

        let slope before after =
            (after.Value - before.Value) / float (2.0f * step)

        Assert.Equal(slope (at (notAF - step) af) (at (notAF + step) af), here.ByNotAF, 1e-3)
        Assert.Equal(slope (at notAF (af - step)) (at notAF (af + step)), here.ByAF, 1e-3)
        let far = at (1000.0f * notAF) (1000.0f * af)
        Assert.True(Double.IsFinite far.Value && Double.IsFinite far.ByAF))

/// Many threads, as they come.
let private many = Workers(fun count body -> Parallel.For(0, count, body) |> ignore)

/// One thread, the last first.
let private backwards =
    Workers(fun count body ->
        for i in count - 1 .. -1 .. 0 do
            body.Invoke i)

[<Property(MaxTest = 6)>]
let ``The number of threads and the order in which they work change nothing`` () =
    Prop.forAll cases (fun (count, seed, (kind, chance)) ->
        let engine = TrainingEngine.create ()
        let weights, batch = initial (int64 seed), randomBatch seed count
        let dropout = mask seed chance count

        let struct (loss, gradients) =
            backward engine weights batch kind dropout SingleThread.workers

        for workers in [ many; backwards ] do
            let struct (l, g) = backward engine weights batch kind dropout workers
            Assert.Equal(loss, l)
            same gradients g)

[<Fact>]
let ``A batch or a mask that is shorter than it says is refused, not read past its end`` () =
    let engine = TrainingEngine.create ()
    let weights, into = initial 1L, Array.zeroCreate parameters.Count

    let refused (says: string) (run: unit -> float) =
        let e = Assert.Throws<ArgumentException>(fun () -> run () |> ignore)
        Assert.Contains(says, e.Message)

    let loss = Loss.CrossEntropy
    let two, short = randomBatch 1 2, SegmentBatch(1, Count = 2)

    refused "2 segments need more x" (fun () ->
        engine.Backward(weights, short, loss, null, null, into, SingleThread.workers))

    refused "training needs 64 there" (fun () ->
        engine.Backward(weights, two, loss, null, [| 1.0f |], into, SingleThread.workers))

    refused "training needs 115274" (fun () ->
        engine.Backward([| 1.0f |], two, loss, null, null, into, SingleThread.workers))
