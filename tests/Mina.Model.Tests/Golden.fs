/// Finds and reads the golden numbers, and compares with them.
module Mina.Model.Tests.Golden

open System
open System.IO
open Mina.Model
open Mina.Model.Torch
open Mina.Preprocess
open TorchSharp
open Xunit

/// The network that Mina ships.
let network = NetworkCatalog.Default

let parameters = network.Layout

/// The first weights of a seed.
let initial seed = network.InitialWeights seed

/// The first folder upwards from the tests that `find` accepts.
let private upwards (find: string -> string option) =
    let rec go (dir: DirectoryInfo | null) =
        match dir with
        | null -> None
        | d ->
            match find d.FullName with
            | Some path -> Some path
            | None -> go d.Parent

    go (DirectoryInfo AppContext.BaseDirectory)

/// A file of the folder `shared` beside the repository; skips the test where there is none.
let shared (name: string) =
    let found =
        upwards (fun dir ->
            let root = Path.Combine(dir, "shared")

            if File.Exists(Path.Combine(root, "DESIGN.md")) then
                Some(Path.Combine(root, name))
            else
                None)

    Skip.If(found.IsNone, $"needs ../shared/%s{name}, which is not here")
    found.Value

/// The folder of the model that Mina ships. It is looked for from the tests' output upwards: a deterministic build
/// hides where the sources are.
let shippedModel =
    lazy
        (upwards (fun dir ->
            let folder = Path.Combine(dir, "data", "models", "mina")
            if Directory.Exists folder then Some folder else None)
         |> Option.get)

/// A file of tests/golden.
let committed (name: string) =
    upwards (fun dir ->
        let path = Path.Combine(dir, "tests", "golden", name)
        if File.Exists path then Some path else None)
    |> Option.defaultWith (fun () -> failwith $"tests/golden/%s{name} is missing")

let read (path: string) =
    Safetensors.decode (File.ReadAllBytes path)

let tensor (file: SafetensorsFile) name =
    let t = file[name]
    torch.tensor(t.AsFloat32()).view t.Shape

/// The batch that a golden file's x, k_beat, k_rhythm, k_freq and y make.
let batch (file: SafetensorsFile) =
    let result = SegmentBatch(int (file["x"].Shape[1]))
    result.Count <- result.Capacity

    let copy name (target: float32[]) =
        Array.blit (file[name].AsFloat32()) 0 target 0 target.Length

    copy "x" result.X
    copy "k_beat" result.KBeat
    copy "k_rhythm" result.KRhythm
    copy "k_freq" result.KFreq
    file["y"].AsFloat32() |> Array.iteri (fun i y -> result.Class[i] <- int64 y)
    result

/// A batch of random numbers of about a segment's sizes.
let randomBatch (seed: int) count =
    let random = Random seed
    let b = SegmentBatch count
    b.Count <- count

    let fill scale (a: float32[]) =
        for i in 0 .. a.Length - 1 do
            a[i] <- float32 (scale (random.NextDouble() - 0.5))

    fill (fun u -> 4.0 * u) b.X
    fill (fun u -> abs u) b.KBeat
    fill (fun u -> abs u) b.KRhythm
    fill (fun u -> 5.0 + 5.0 * u) b.KFreq

    for i in 0 .. count - 1 do
        b.Class[i] <- int64 (random.Next 2)

    b

/// Largest difference, relative to 1 or to the largest expected number, whichever is more.
let difference (expected: float32[]) (actual: float32[]) =
    Assert.Equal(expected.Length, actual.Length)
    let scale = expected |> Array.fold (fun m x -> max m (abs x)) 1.0f

    let worst =
        Array.fold2
            (fun m e a ->
                if Single.IsNaN a then
                    Single.PositiveInfinity
                else
                    max m (abs (e - a)))
            0.0f
            expected
            actual

    worst / scale

/// Equal to 1e-4.
let close (what: string) (expected: float32[]) (actual: float32[]) =
    let d = difference expected actual
    Assert.True(d <= 1e-4f, $"%s{what} differs by %g{d}")

/// Gradients may be small: within 1e-4, and within 1 in 1000 of the largest in their tensor.
let closeGradient (what: string) (expected: float32[]) (actual: float32[]) =
    Assert.Equal(expected.Length, actual.Length)
    let scale = expected |> Array.fold (fun m x -> max m (abs x)) 1e-5f

    let worst =
        Array.fold2
            (fun m e a ->
                if Single.IsNaN a then
                    Single.PositiveInfinity
                else
                    max m (abs (e - a)))
            0.0f
            expected
            actual

    Assert.True(
        worst / scale <= 1e-3f && worst <= 1e-4f,
        $"the gradient of %s{what} differs by %g{worst} where its largest number is %g{scale}"
    )

let numbers (t: torch.Tensor) =
    t.detach().contiguous().data<float32>().ToArray()

/// A FreqNet with these weights, in eval mode.
let literal (weights: float32[]) =
    let net = new FreqNet(4, 3000L, 50L)
    let state = Collections.Generic.Dictionary<string, torch.Tensor>()

    for name, t in parameters.ToTensors weights do
        state[name] <- torch.tensor(t.AsFloat32()).view t.Shape

    net.load_state_dict state |> ignore
    net.eval ()
    net

/// A batch as the literal network takes it.
let inputs (b: SegmentBatch) =
    let t (a: float32[]) (shape: int64[]) =
        torch.tensor(Array.sub a 0 (int (Array.fold (*) 1L shape))).view shape

    let n = int64 b.Count
    t b.X [| 4L; n; 3000L |], t b.KBeat [| 4L; n; 3000L |], t b.KRhythm [| 4L; n; 60L |], t b.KFreq [| 4L; n; 1L |]

/// Makes the networks of the torch engine known by name, as the program does when it starts.
let knowTorch = lazy (NetworkCatalog.AddPlugIn("torch", (fun () -> TorchEngine())))

/// Runs a test with a folder of its own, which is deleted afterwards.
let withFolder (test: string -> unit) =
    let folder = Directory.CreateTempSubdirectory "mina-test-"

    try
        test folder.FullName
    finally
        folder.Delete true
