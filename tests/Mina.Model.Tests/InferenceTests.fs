/// The SIMD engine against PyTorch's numbers and against the literal network, at every register width.
module Mina.Model.Tests.InferenceTests

open System
open System.IO
open System.Runtime.Intrinsics
open System.Threading.Tasks
open Mina.Model
open Mina.Model.Torch
open Mina.Model.Networks.FreqNet
open Mina.Model.Simd
open Mina.Model.Tests.Golden
open Mina.Preprocess
open FsCheck.FSharp
open FsCheck.Xunit
open Microsoft.FSharp.NativeInterop
open TorchSharp
open Xunit

#nowarn "9"

/// Every width; those that the machine lacks run in software.
let private engines: (string * (float32[] -> IInferenceEngine)) list = [
    "512 bits", InferenceEngine.avx512
    "256 bits", InferenceEngine.avx2
    "128 bits", InferenceEngine.portable
]

type private Said = {
    Logits: float32[]
    Attentions: AttentionShares
}

let private run (engine: IInferenceEngine) (batch: SegmentBatch) =
    let n = batch.Count

    let said = {
        Logits = Array.zeroCreate (2 * n)
        Attentions = AttentionShares n
    }

    engine.Run(batch, Span said.Logits, said.Attentions)
    said

let private checkGolden weights batch (file: SafetensorsFile) =
    for name, engine in engines do
        let said = run (engine weights) batch

        let p =
            said.Logits
            |> Array.chunkBySize 2
            |> Array.collect (fun l ->
                let af = 1.0f / (1.0f + exp (l[0] - l[1]))
                [| 1.0f - af; af |])

        close $"p, %s{name}" (file["p"].AsFloat32()) p
        close $"gamma, %s{name}" (file["gamma"].AsFloat32()) said.Attentions.Gamma

        for c in 0..3 do
            close $"alpha.%d{c}, %s{name}" (file[$"alpha.%d{c}"].AsFloat32()) said.Attentions.Alpha[c]
            close $"beta.%d{c}, %s{name}" (file[$"beta.%d{c}"].AsFloat32()) said.Attentions.Beta[c]

[<Fact>]
let ``The engine gives PyTorch's outputs and attentions on made-up segments`` () =
    checkGolden FormulaGolden.weights FormulaGolden.batch (read (committed "freqnet_formula.safetensors"))

[<SkippableFact>]
let ``The engine gives PyTorch's outputs and attentions on real windows`` () =
    let file = read (shared "golden/freqnet_io.safetensors")
    checkGolden (parameters.Decode(File.ReadAllBytes(shared "golden/freqnet.safetensors"))) (batch file) file

[<Property(MaxTest = 12)>]
let ``The engine's logits and attentions are the literal network's for any weights and batch of 1 to 300`` () =
    let inputs' =
        Gen.zip (Gen.oneof [ Gen.choose (1, 12); Gen.choose (13, 300) ]) (Gen.choose (0, 10000))

    Prop.forAll (Arb.fromGen inputs') (fun (count, seed) ->
        use _ = torch.NewDisposeScope()
        use _ = torch.no_grad ()
        let weights = initial (int64 seed)
        let batch = randomBatch seed count
        use net = literal weights
        let expected = net.forward (inputs batch)

        for name, engine in engines do
            let said = run (engine weights) batch
            close $"logits, %s{name}" (numbers expected.Logits) said.Logits
            close $"gamma, %s{name}" (numbers expected.Gamma) said.Attentions.Gamma

            for c in 0..3 do
                close $"alpha.%d{c}, %s{name}" (numbers expected.Alpha[c]) said.Attentions.Alpha[c]
                close $"beta.%d{c}, %s{name}" (numbers expected.Beta[c]) said.Attentions.Beta[c])

/// Bit for bit.
let private same (expected: Said) (actual: Said) =
    Assert.Equal<float32[]>(expected.Logits, actual.Logits)
    Assert.Equal<float32[]>(expected.Attentions.Gamma, actual.Attentions.Gamma)

    for c in 0..3 do
        Assert.Equal<float32[]>(expected.Attentions.Alpha[c], actual.Attentions.Alpha[c])
        Assert.Equal<float32[]>(expected.Attentions.Beta[c], actual.Attentions.Beta[c])

[<SkippableFact>]
let ``All widths give the same bits where products are fused`` () =
    Skip.IfNot(X86.Fma.IsSupported || Arm.AdvSimd.IsSupported, "this processor has no fused multiply-add")
    let batch = randomBatch 3 7

    let all = engines |> List.map (fun (_, engine) -> run (engine (initial 5L)) batch)

    all.Tail |> List.iter (same all.Head)

/// One row of a batch, alone.
let private alone (all: SegmentBatch) row =
    let one = SegmentBatch(3, Count = 1)

    let cut (from: float32[]) length =
        Array.init (4 * length) (fun i -> from[((i / length) * all.Count + row) * length + i % length])

    one.Set(0, cut all.X 3000, cut all.KBeat 3000, cut all.KRhythm 60, cut all.KFreq 1)
    one

[<Fact>]
let ``A segment's logits are the same bits alone and in any place of a batch, at every width`` () =
    let all = randomBatch 9 11

    for _, engine in engines do
        let engine = engine (initial 2L)
        let together = (run engine all).Logits

        for row in 0..10 do
            Assert.Equal<float32[]>(Array.sub together (2 * row) 2, (run engine (alone all row)).Logits)

[<Fact>]
let ``Many threads may use one engine at once and get the same bits`` () =
    let engine = InferenceEngine.create (initial 2L)
    let batches = Array.init 12 (fun i -> randomBatch i (1 + i % 7))
    let expected = batches |> Array.map (run engine)
    let actual = Array.zeroCreate expected.Length

    Parallel.For(0, expected.Length, (fun i -> actual[i] <- run engine batches[i]))
    |> ignore

    Array.iter2 same expected actual

[<Fact>]
let ``A NaN in a segment makes the logits of that segment NaN, and of no other`` () =
    for _, engine in engines do
        let engine = engine (initial 2L)
        let batch = randomBatch 4 5
        let expected = (run engine batch).Logits
        batch.X[(1 * 5 + 3) * 3000 + 1234] <- nanf
        let actual = (run engine batch).Logits
        Assert.All(Array.sub actual 6 2, (fun l -> Assert.True(Single.IsNaN l)))
        actual[6] <- expected[6]
        actual[7] <- expected[7]
        Assert.Equal<float32[]>(expected, actual)

[<Fact>]
let ``A batch that claims more segments than it holds is refused, not read past its end`` () =
    let engine = InferenceEngine.create (initial 2L)
    let batch = SegmentBatch(2, Count = 3)

    let refused (logits: float32[]) (says: string) =
        let e =
            Assert.Throws<ArgumentException>(fun () -> engine.Run(batch, Span logits, null))

        Assert.Contains(says, e.Message)

    refused (Array.zeroCreate 6) "3 segments need more x"
    batch.Count <- 2
    refused (Array.zeroCreate 3) "room for logits"

[<Fact>]
let ``A warm call allocates no room for numbers`` () =
    let engine = InferenceEngine.create (initial 2L)
    let batch = randomBatch 4 6
    let logits = Array.zeroCreate 12

    for _ in 1..3 do
        engine.Run(batch, Span logits, null)

    let before = GC.GetAllocatedBytesForCurrentThread()

    for _ in 1..20 do
        engine.Run(batch, Span logits, null)

    // Unoptimised code makes a closure or two a call; a window's numbers would be tens of kilobytes.
    let perCall = (GC.GetAllocatedBytesForCurrentThread() - before) / 20L
    Assert.InRange(perCall, 0L, 1024L)

/// f of each x by registers of one width.
let inline private mapped<'V, 'L when 'V: struct and 'L :> IFloatLanes<'V> and 'L: struct>
    (f: 'V -> 'V)
    (xs: float32[])
    =
    let result = Array.copy xs
    use p = fixed result

    for i in 0 .. 'L.Count .. xs.Length - 'L.Count do
        'L.Store(NativePtr.add p i, f ('L.Load(NativePtr.add p i)))

    result

let private curves<'V, 'L when 'V: struct and 'L :> IFloatLanes<'V> and 'L: struct> () =
    let xs = Array.init 160000 (fun i -> float32 (i - 80000) / 4000.0f)

    let worst (f: 'V -> 'V) (truth: float -> float) (relative: bool) xs =
        Array.map2
            (fun (x: float32) (y: float32) ->
                let y' = truth (float x)
                abs (float y - y') / (if relative then y' else 1.0))
            xs
            (mapped<'V, 'L> f xs)
        |> Array.max

    Assert.InRange(worst Approximation<'V, 'L>.Tanh tanh false xs, 0.0, 1e-6)
    Assert.InRange(worst Approximation<'V, 'L>.Exp exp true (xs |> Array.map (fun x -> 4.0f * x)), 0.0, 1e-6)

    let ends =
        mapped<'V, 'L> Approximation<'V, 'L>.Tanh [|
            for _ in 1..4 do
                yield! [ infinityf; -infinityf; nanf; 0.0f ]
        |]

    Assert.Equal<float32[]>([| 1.0f; -1.0f |], Array.map (fun (x: float32) -> MathF.Round(x, 6)) ends[0..1])
    Assert.True(Single.IsNaN ends[2])
    Assert.Equal(0.0f, ends[3])

[<Fact>]
let ``tanh and exp are within 1e-6 at every width`` () =
    curves<Vector512<float32>, Lanes512>()
    curves<Vector256<float32>, Lanes256>()
    curves<Vector128<float32>, Lanes128>()
