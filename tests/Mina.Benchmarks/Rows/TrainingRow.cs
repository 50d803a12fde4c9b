using Mina.Model;
using Mina.Model.Torch;
using Mina.Preprocess;
using TorchSharp;

namespace Mina.Benchmarks;

/// <summary>A training step at batch 128 with the published loss and its dropout: forwards, backwards, Adam.</summary>
internal static class TrainingRow
{
    private const int Size = 128;

    public static IEnumerable<Comparison> Run(Options options)
    {
        torch.set_num_threads(options.Threads);
        using var literal = new FreqNet(Shapes.Channels, Shapes.Window, Shapes.SubSegment);
        using var optimizer = torch.optim.Adam(literal.parameters(), 0.003);
        var batch = Batches.Random(Size);
        var recipe = Recipe.Hw4;
        var dropped = new Random(8);
        var mask = Enumerable.Range(0, Size * NetworkCatalog.Default.DropoutFeatures).Select(_ => 2f * dropped.Next(2)).ToArray();

        var network = NetworkCatalog.Default;
        var workers = Team(options.Threads);
        using var engine = network.CreateTraining();
        var (weights, gradients, adam, step) = (network.InitialWeights(1), new float[network.Layout.Count], Adam.Fresh(network.Layout.Count), 0L);

        yield return new Comparison(
            $"training step, batch {Size}, {options.Threads} threads",
            "steps/s",
            true,
            "literal port",
            "3x, same gradients (golden test); aim 5x",
            Measure.Rates(
                1,
                5,
                15,
                ("literal port", () => Literal(literal, optimizer, batch)),
                ("Mina's training engine", () =>
                {
                    engine.Backward(weights, batch, recipe.Loss, null, mask, gradients, workers);
                    adam.Step(recipe, recipe.LearningRate, ++step, weights, gradients);
                }
        )));

        var figures = new List<Figure>();
        for (var threads = 1; threads <= Environment.ProcessorCount; threads++)
        {
            var team = Team(threads);
            var rate = Measure.Rates(Size, 3, 15, ("", () =>
            {
                engine.Backward(weights, batch, recipe.Loss, null, mask, gradients, team);
                adam.Step(recipe, recipe.LearningRate, ++step, weights, gradients);
            }
            ))[0];
            figures.Add(rate with { Name = $"{threads}", At = threads });
        }

        yield return new Comparison("training", "windows/s", true, "1", "", figures, null, "threads");
    }

    /// <summary>At most so many threads, the caller's among them.</summary>
    public static Workers Team(int threads)
    {
        var bound = new ParallelOptions { MaxDegreeOfParallelism = threads };
        return threads == 1 ? SingleThread.Workers : (count, body) => Parallel.For(0, count, bound, body);
    }

    private static void Literal(FreqNet net, torch.optim.Optimizer adam, SegmentBatch batch)
    {
        using var scope = torch.NewDisposeScope();
        var loss = torch.nn.functional.cross_entropy(Batches.Forward(net, batch).Probabilities, torch.tensor(batch.Class));
        adam.zero_grad();
        loss.backward();
        adam.step();
        loss.item<float>();
    }
}
