/// Shapes, sizes, first weights.
module Mina.Model.Tests.NetworkTests

open System
open System.Diagnostics
open System.IO
open Mina.Model
open Mina.Model.Torch
open Mina.Model.Tests.Golden
open Mina.Preprocess
open FsCheck.FSharp
open FsCheck.Xunit
open TorchSharp
open Xunit

[<Fact>]
let ``BeatNet(408, 34, 56) gives alpha (444, 2, 1) and out (37, 12, 56) for a batch of 37`` () =
    use _ = torch.NewDisposeScope()
    use net = new BeatNet(12L * 34L, 34L, 56L)
    let beat = net.forward (torch.randn (37L, 408L), torch.rand (37L, 408L))
    Assert.Equal<int64[]>([| 444L; 2L; 1L |], beat.Attention.shape)
    Assert.Equal<int64[]>([| 37L; 12L; 56L |], beat.Output.shape)

[<Fact>]
let ``RhythmNet of 37 inputs along 23 sub-segments gives beta (17, 23, 1) and out (17, 8)`` () =
    use _ = torch.NewDisposeScope()
    use net = new RhythmNet(37L, 8L)
    let rhythm = net.forward (torch.randn (17L, 23L, 37L), torch.rand (17L, 23L))
    Assert.Equal<int64[]>([| 17L; 23L; 1L |], rhythm.Attention.shape)
    Assert.Equal<int64[]>([| 17L; 8L |], rhythm.Output.shape)

    let shapes =
        dict [ for struct (name, p) in net.named_parameters () -> name, p.shape ]

    Assert.Equal<int64[]>([| 8L; 64L |], shapes["fc.weight"])
    Assert.Equal<int64[]>([| 128L; 37L |], shapes["lstm.weight_ih_l0_reverse"])

[<Fact>]
let ``RhythmNet drops about half of its features in training and none in use`` () =
    use _ = torch.NewDisposeScope()
    use net = new RhythmNet(4L, 8L)
    let x, k = torch.randn (500L, 6L, 4L), torch.rand (500L, 6L)
    net.eval ()
    let used = numbers (net.forward (x, k)).Output
    Assert.Equal<float32[]>(used, numbers (net.forward (x, k)).Output)
    net.train ()
    let training = numbers (net.forward (x, k)).Output
    let alive = Array.zip used training |> Array.filter (fun (u, _) -> u > 0.0f)
    let dropped = alive |> Array.filter (fun (_, t) -> t = 0.0f)
    Assert.InRange(float dropped.Length / float alive.Length, 0.4, 0.6)
    Assert.All(alive, fun (u, t) -> Assert.True(t = 0.0f || abs (t - 2.0f * u) < 1e-5f))

[<Fact>]
let ``FreqNet(6431, T = 109) gives gamma (17, 4, 1) and out (17, 2) that adds up to 1`` () =
    use _ = torch.NewDisposeScope()
    use net = new FreqNet(4, 59L * 109L, 109L)
    let signal () = torch.randn (4L, 17L, 59L * 109L)

    let v =
        net.forward (signal (), signal().abs(), torch.rand (4L, 17L, 59L), torch.rand (4L, 17L, 1L))

    Assert.Equal<int64[]>([| 17L; 4L; 1L |], v.Gamma.shape)
    Assert.Equal<int64[]>([| 17L; 2L |], v.Probabilities.shape)
    close "sums" (Array.create 17 1.0f) (numbers (v.Probabilities.sum 1L))

[<Fact>]
let ``The network has PyTorch's 115,274 parameters by name and shape`` () =
    use net = new FreqNet(4, 3000L, 50L)

    let literal = [
        for struct (name, p) in net.named_parameters () -> name, List.ofArray p.shape
    ]

    let flat =
        parameters.ToTensors(initial 1L)
        |> List.map (fun (n, t) -> n, List.ofArray t.Shape)

    Assert.Equal(115274, parameters.Count)
    Assert.Equal(115274L, literal |> List.sumBy (fun (_, s) -> List.fold (*) 1L s))
    Assert.Equal<(string * int64 list) list>(List.sort literal, List.sort flat)

[<Fact>]
let ``First weights are spread as PyTorch's layers and the paper's attention spread theirs`` () =
    let spread (values: float32[]) =
        let x = values |> Array.map float
        let mean = Array.average x
        mean, sqrt (x |> Array.averageBy (fun v -> (v - mean) ** 2.0)), x |> Array.map abs |> Array.max

    let all = dict (parameters.ToTensors(initial 3L))

    let of' names =
        names |> List.map (fun n -> all[n].AsFloat32()) |> Array.concat |> spread

    // 2080 numbers of N(0, 1): the mean within 5 of its own standard deviations.
    let mean, deviation, _ =
        of' [ for c in 0..3 -> $"beat_nets.%d{c}.attn.att_W.weight" ]

    Assert.InRange(mean, -0.11, 0.11)
    Assert.InRange(deviation, 0.92, 1.08)

    let even (bound: float) names =
        let mean, deviation, largest = of' names
        Assert.True(largest <= bound && largest > 0.98 * bound)
        Assert.InRange(mean / bound, -0.06, 0.06)
        Assert.InRange(deviation / bound, 0.55, 0.61) // 1 / sqrt 3

    even (1.0 / sqrt 32.0) [ for c in 0..3 -> $"beat_nets.%d{c}.conv.weight" ]
    even (1.0 / sqrt 32.0) [ for c in 0..3 -> $"rhythm_nets.%d{c}.lstm.weight_hh_l0_reverse" ]
    even (1.0 / sqrt 64.0) [ for c in 0..3 -> $"rhythm_nets.%d{c}.fc.weight" ]

[<Fact>]
let ``First weights are a function of the seed alone`` () =
    Assert.Equal<float32[]>(initial 7L, initial 7L)
    Assert.NotEqual<float32[]>(initial 7L, initial 8L)

/// Runs a program; exit code and what it printed on stderr.
let private execute (program: string) (arguments: string list) =
    let start =
        ProcessStartInfo(program, arguments, RedirectStandardError = true, RedirectStandardOutput = true)

    try
        use p = Process.Start start |> Option.ofObj |> Option.get
        let output = p.StandardOutput.ReadToEndAsync()
        let errors = p.StandardError.ReadToEnd()
        p.WaitForExit()
        output.Wait()
        p.ExitCode, errors
    with :? ComponentModel.Win32Exception as e ->
        -1, e.Message

[<SkippableFact>]
let ``Weights that Mina wrote load into PyTorch's FreqNet by name and say the same there`` () =
    let reference = shared "reference"
    // Debian's packages belong to /usr/bin/python3, which need not be the first on the path.
    let python =
        [ "python3"; "/usr/bin/python3" ]
        |> List.tryFind (fun p -> fst (execute p [ "-c"; "import torch, numpy, scipy" ]) = 0)

    Skip.If(python.IsNone, "needs a python3 that imports torch, numpy and scipy")

    withFolder (fun folder ->
        let at name = Path.Combine(folder, name)
        let weights = initial 11L
        let batch = randomBatch 12 3
        File.WriteAllBytes(at "weights.safetensors", parameters.Encode weights)

        let input data shape = {
            Shape = shape
            Data = TensorData.F32 data
        }

        File.WriteAllBytes(
            at "inputs.safetensors",
            Safetensors.encode {
                Metadata = Map.empty
                Tensors = [
                    "x", input batch.X [| 4L; 3L; 3000L |]
                    "k_beat", input batch.KBeat [| 4L; 3L; 3000L |]
                    "k_rhythm", input batch.KRhythm [| 4L; 3L; 60L |]
                    "k_freq", input batch.KFreq [| 4L; 3L; 1L |]
                ]
            }
        )

        let code, errors =
            execute python.Value [
                committed "load_weights.py"
                reference
                at "weights.safetensors"
                at "inputs.safetensors"
                at "output.safetensors"
            ]

        Assert.True((code = 0), errors)
        let output = read (at "output.safetensors")
        use _ = torch.NewDisposeScope()
        use net = literal weights
        let said = net.forward (inputs batch)
        close "p" (output["p"].AsFloat32()) (numbers said.Probabilities)
        close "gamma" (output["gamma"].AsFloat32()) (numbers said.Gamma))
