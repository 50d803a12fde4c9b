/// The networks against PyTorch's numbers (made by the reference in tests/golden/README.md).
module Mina.Model.Tests.GoldenTests

open System.IO
open Mina.Model
open Mina.Model.Torch
open Mina.Model.Tests.Golden
open TorchSharp
open Xunit

let private checkVerdicts (file: SafetensorsFile) (v: FreqNetOutput) =
    close "p" (file["p"].AsFloat32()) (numbers v.Probabilities)
    close "gamma" (file["gamma"].AsFloat32()) (numbers v.Gamma)

    for c in 0..3 do
        close $"alpha.%d{c}" (file[$"alpha.%d{c}"].AsFloat32()) (numbers v.Alpha[c])
        close $"beta.%d{c}" (file[$"beta.%d{c}"].AsFloat32()) (numbers v.Beta[c])

let private checkGradients (file: SafetensorsFile) (gradients: (string * float32[]) seq) =
    let mutable seen = 0

    for name, g in gradients do
        seen <- seen + 1
        closeGradient name (file["grad." + name].AsFloat32()) g

    Assert.Equal(76, seen)

let private checkLiteral weights batch file =
    use _ = torch.NewDisposeScope()
    use net = literal weights
    let verdicts = net.forward (inputs batch)
    checkVerdicts file verdicts

    let loss =
        torch.nn.functional.cross_entropy (verdicts.Probabilities, torch.tensor batch.Class)

    close "loss" (file["loss"].AsFloat32()) (numbers (loss.view 1L))
    loss.backward ()

    checkGradients file [
        for struct (name, p) in net.named_parameters () -> name, numbers (Tensors.gradient p)
    ]

[<SkippableFact>]
let ``FreqNet gives PyTorch's outputs, attentions, loss and gradients on real windows`` () =
    let file = read (shared "golden/freqnet_io.safetensors")
    checkLiteral (parameters.Decode(File.ReadAllBytes(shared "golden/freqnet.safetensors"))) (batch file) file

[<Fact>]
let ``FreqNet gives PyTorch's outputs, attentions, loss and gradients on made-up segments`` () =
    checkLiteral FormulaGolden.weights FormulaGolden.batch (read (committed "freqnet_formula.safetensors"))

[<SkippableFact>]
let ``KnowledgeAttn gives PyTorch's output and attention`` () =
    use _ = torch.NewDisposeScope()
    let file = read (shared "golden/attention.safetensors")
    use attn = new KnowledgeAttn(2L, 2L)
    let state = System.Collections.Generic.Dictionary<string, torch.Tensor>()
    state["att_W.weight"] <- tensor file "W"
    state["att_v.weight"] <- tensor file "v"
    attn.load_state_dict state |> ignore
    let attended = attn.forward (tensor file "x", tensor file "k")
    close "out" (file["out"].AsFloat32()) (numbers attended.Output)
    close "attn" (file["attn"].AsFloat32()) (numbers attended.Attention)
