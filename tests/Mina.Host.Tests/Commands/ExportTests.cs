using Mina.Host.Tests.Samples;
using Xunit;

namespace Mina.Host.Tests.Commands;

/// <summary><c>mina export --onnx</c>. What the graphs compute is tested in Mina.Model.Tests, in ONNX Runtime.</summary>
public sealed class ExportTests
{
    private static readonly string[] Graphs = ["segment.onnx", "window.onnx", "samples.onnx", "rhythm.onnx", "recording.onnx"];

    /// <summary>ONNX's own check of operators, types and shapes, and the names of inputs and outputs.</summary>
    private const string Checker = """
        import sys
        import onnx
        for path in sys.argv[1:]:
            model = onnx.load(path)
            onnx.checker.check_model(model, full_check=True)
            onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
            print(" ".join(port.name for port in [*model.graph.input, *model.graph.output]))
        """;

    [Fact]
    public async Task The_shipped_model_is_written_with_its_levels_and_an_example()
    {
        using var folder = new TemporaryFolder();
        var result = (await MinaProcess.RunAsync(folder.Path, "export", "--onnx", "onnx")).ShouldSucceed();
        Assert.Equal([.. Graphs, "example.json"], result.Output.TrimEnd().Split('\n').Select(line => Path.GetFileName(line.Split(':')[0])));
        Assert.All([.. Graphs, "example.json"], name => Assert.True(File.Exists(folder[$"onnx/{name}"])));
    }

    [Fact]
    public async Task A_model_without_levels_is_written_without_them()
    {
        using var folder = new TemporaryFolder();
        UntrainedModel.Save(folder["model"]);
        (await MinaProcess.RunAsync(folder.Path, "export", "--onnx", "onnx", "--model", "model")).ShouldSucceed();
        Assert.Equal(
            ["example.json", .. Graphs.Where(name => name is not ("rhythm.onnx" or "recording.onnx")).Order()],
            Directory.EnumerateFiles(folder["onnx"]).Select(path => Path.GetFileName(path)).Order());
    }

    [SkippableFact]
    public async Task The_graphs_pass_the_check_of_the_onnx_package()
    {
        var python = SampleProgram.PythonWith("onnx");
        Skip.If(python is null, "needs a python3 that imports onnx, such as Debian's with python3-onnx");
        using var folder = new TemporaryFolder();
        (await MinaProcess.RunAsync(folder.Path, "export", "--onnx", "onnx")).ShouldSucceed();
        var ports = (await SampleProgram.RunAsync(python!, null, ["-c", Checker, .. Graphs.Select(name => folder[$"onnx/{name}"])])).ShouldSucceed().Output;
        Assert.Equal(
            """
            x k_beat k_rhythm k_freq probability logits beat_attention rhythm_attention frequency_attention
            samples probability logits beat_attention rhythm_attention frequency_attention
            samples start probability logits beat_attention rhythm_attention frequency_attention
            """,
            string.Join('\n', ports.Split('\n').Take(3)));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_named_before_the_work()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["taken"], "a file");
        // The target comes first: the model, which is not there, is not asked for.
        var result = await MinaProcess.RunAsync(folder.Path, "export", "--onnx", "taken", "--model", "nowhere");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("taken cannot be written because", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_named_and_nothing_is_written()
    {
        using var folder = new TemporaryFolder();
        var result = await MinaProcess.RunAsync(folder.Path, "export", "--onnx", "onnx", "--model", "nowhere");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("nowhere holds no model", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["onnx"]));
    }
}
