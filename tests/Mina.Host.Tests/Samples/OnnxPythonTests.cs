using System.Globalization;
using Xunit;

namespace Mina.Host.Tests.Samples;

/// <summary>samples/Python/detect_onnx.py.</summary>
public sealed class OnnxPythonTests
{
    /// <summary>
    /// A stand-in for the module onnxruntime, so that the script itself is tested where that is not installed: it holds each graph's inputs to the
    /// example's, and answers what Mina says in the example.
    /// </summary>
    private const string Double = """
        import json
        import os
        import numpy as np

        TYPES = {"samples": np.float32, "start": np.int64, "judged": np.int64}

        class Port:
            def __init__(self, name):
                self.name = name

        class InferenceSession:
            def __init__(self, path, providers):
                folder, name = os.path.split(path)
                with open(os.path.join(folder, "example.json")) as file:
                    self.given = json.load(file)[name[:-len(".onnx")]]
                self.isSamples = name == "samples.onnx"

            def get_outputs(self):
                return [Port("probability")] + ([Port("frequency_attention")] if self.isSamples else [])

            def run(self, outputs, inputs):
                for name, value in inputs.items():
                    expected = np.array(self.given[name], dtype=object).astype(TYPES.get(name, np.float64))
                    assert value.dtype == expected.dtype, name
                    assert np.array_equal(value, expected, equal_nan=value.dtype.kind == "f"), name
                answers = [np.array(self.given[name], dtype=object).astype(np.float64) for name in outputs]
                return [answer if answer.size > 1 or "judged" in inputs else answer[0] for answer in answers]
        """;

    [SkippableFact]
    public async Task The_script_computes_in_onnxruntime_what_Mina_computes()
    {
        var python = SampleProgram.PythonWith("onnxruntime, numpy");
        Skip.If(python is null, "needs a python3 that imports onnxruntime and numpy");
        using var folder = new TemporaryFolder();
        await CheckExampleAsync(folder, python!, null);
    }

    [SkippableFact]
    public async Task The_script_normalises_each_window_of_a_long_recording_by_the_minute_that_it_ends()
    {
        var python = SampleProgram.PythonWith("numpy");
        Skip.If(python is null, "needs a python3 that imports numpy");
        using var folder = new TemporaryFolder();
        await WriteDoubleAsync(folder);
        const string Script = """
            import sys
            sys.path.insert(0, sys.argv[1])
            import numpy as np
            from detect_onnx import classify
            asked = []
            def network(samples, start):
                asked.append((int(samples[0]), int(samples[-1]), start.tolist()))
                return {"probability": np.zeros(len(start))}
            for seconds in (61, 62):
                asked.clear()
                starts, probabilities = classify(network, np.arange(seconds * 300))
                print(len(starts), len(probabilities), asked[0], asked[-1])
            """;
        var said = (await SampleProgram.RunAsync(python!, folder["modules"], "-c", Script, SampleProgram.Folder("Python"))).ShouldSucceed().Output;
        var whole = string.Join(", ", Enumerable.Range(0, 31).Select(i => i * 500));
        // The last of 62 s begins at sample 15,500 and ends at 18,500, so that its minute begins at 500.
        Assert.Equal([$"31 31 (0, 18299, [{whole}]) (0, 18299, [{whole}])", "32 32 (0, 2999, [0]) (500, 18499, [15000])"], said.TrimEnd().Split('\n'));
    }

    [SkippableFact]
    public async Task The_script_gives_each_graph_its_inputs()
    {
        var python = SampleProgram.PythonWith("numpy");
        Skip.If(python is null, "needs a python3 that imports numpy");
        Skip.If(SampleProgram.Imports(python!, "onnxruntime"), "the test above does this with the real onnxruntime");
        using var folder = new TemporaryFolder();
        await WriteDoubleAsync(folder);
        await CheckExampleAsync(folder, python!, folder["modules"]);
    }

    [SkippableFact]
    public async Task The_script_says_in_a_sentence_which_graph_is_missing()
    {
        var python = SampleProgram.PythonWith("numpy");
        Skip.If(python is null, "needs a python3 that imports numpy");
        using var folder = new TemporaryFolder();
        await WriteDoubleAsync(folder);
        var result = await SampleProgram.RunAsync(python!, folder["modules"], Script, folder.Path);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("holds no samples.onnx; 'mina export --onnx", result.Error, StringComparison.Ordinal);
    }

    private static string Script => Path.Combine(SampleProgram.Folder("Python"), "detect_onnx.py");

    private static Task WriteDoubleAsync(TemporaryFolder folder)
    {
        Directory.CreateDirectory(folder["modules"]);
        return File.WriteAllTextAsync(folder["modules/onnxruntime.py"], Double);
    }

    private static async Task CheckExampleAsync(TemporaryFolder folder, string python, string? modules)
    {
        (await MinaProcess.RunAsync(folder.Path, "export", "--onnx", "onnx")).ShouldSucceed();
        var result = (await SampleProgram.RunAsync(python, modules, Script, folder["onnx"])).ShouldSucceed();
        foreach (var graph in new[] { "samples.onnx", "rhythm.onnx", "recording.onnx" })
            Assert.Contains($"# {graph}, probability", result.Error, StringComparison.Ordinal);
        var lines = result.Output.TrimEnd().Split('\n');
        Assert.Equal("start_seconds,probability", lines[0]);
        Assert.Equal(31, lines.Length - 1);
        Assert.All(lines.Skip(1), line => Assert.InRange(double.Parse(line.Split(',')[1], CultureInfo.InvariantCulture), 0, 1));
    }
}
