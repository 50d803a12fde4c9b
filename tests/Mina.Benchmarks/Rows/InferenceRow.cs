using Mina.Model;
using Mina.Model.Torch;
using Mina.Preprocess;
using TorchSharp;

namespace Mina.Benchmarks;

/// <summary>Windows a second on one thread: the literal port, ONNX Runtime and the SIMD engine; the last two also from a window's samples.</summary>
internal static class InferenceRow
{
    public static IEnumerable<Comparison> Run(Options options)
    {
        torch.set_num_threads(1);
        var weights = NetworkCatalog.Default.InitialWeights(1);
        using var literal = new FreqNet(Shapes.Channels, Shapes.Window, Shapes.SubSegment);
        literal.eval();
        using var engine = NetworkCatalog.Default.CreateInference(weights);
        using var onnx = new OnnxNetwork();
        var results = new List<Comparison>();
        foreach (var (size, warmUp, rounds, goal) in new[] { (1, 200, 301, "5x; aim 5,000/s a core"), (128, 5, 21, "8x; aim 5,000/s a core") })
        {
            var batch = Batches.Random(size);
            var logits = new float[2 * size];
            var segments = onnx.Segments(batch);
            results.Add(new Comparison(
                $"inference, batch {size}, 1 thread",
                "windows/s",
                true,
                "literal port",
                goal,
                Measure.Rates(
                    size,
                    warmUp,
                    rounds,
                    ("literal port", () => Literal(literal, batch)),
                    ("ONNX Runtime", segments),
                    ("SIMD engine", () => engine.Run(batch, logits, null)))));
        }

        foreach (var (size, warmUp, rounds) in new[] { (1, 200, 301), (128, 5, 21) })
        {
            var batch = new SegmentBatch(size) { Count = size };
            var logits = new float[2 * size];
            var windows = Batches.Random(size).X[..(size * Shapes.Window)];
            var preprocessor = new Preprocessor(PreprocessSettings.Default);
            var rows = new Segments();
            rows.Resize(size);
            results.Add(new Comparison(
                $"samples to probability, batch {size}, 1 thread",
                "windows/s",
                true,
                "ONNX Runtime",
                "",
                Measure.Rates(
                    size,
                    warmUp,
                    rounds,
                    ("ONNX Runtime", onnx.Windows(windows, size)),
                    ("Mina", () => Classify(preprocessor, windows, rows, batch, engine, logits)))));
        }

        var many = Batches.Random(128);
        var verdicts = new float[2 * 128];
        var figures = new List<Figure>();
        for (var threads = 1; threads <= Environment.ProcessorCount; threads++)
        {
            var team = TrainingRow.Team(threads);
            figures.Add(Measure.Rates(128, 5, 31, ("", () => engine.RunOn(team, many, verdicts)))[0] with { Name = $"{threads}", At = threads });
        }

        results.Add(new Comparison("inference, batch 128", "windows/s", true, "1", "", figures, null, "threads"));
        return results;
    }

    private static void Classify(Preprocessor preprocessor, float[] windows, Segments rows, SegmentBatch batch, IInferenceEngine engine, float[] logits)
    {
        for (var row = 0; row < batch.Count; row++)
        {
            preprocessor.Segment(windows.AsSpan(row * Shapes.Window, Shapes.Window), rows, row);
            batch.Set(row, rows, row);
        }

        engine.Run(batch, logits, null);
    }

    private static void Literal(FreqNet net, SegmentBatch batch)
    {
        using var scope = torch.NewDisposeScope();
        using var quiet = torch.no_grad();
        Batches.Forward(net, batch);
    }
}
