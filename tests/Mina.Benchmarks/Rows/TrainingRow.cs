using System.Diagnostics;
using Mina.Model;
using Mina.Preprocess;
using TorchSharp;

namespace Mina.Benchmarks;

/// <summary>A training step at batch 128 with the published loss: forwards, backwards, Adam.</summary>
internal static class TrainingRow
{
    private const int Size = 128;

    public static IEnumerable<Comparison> Run(Options options)
    {
        torch.set_num_threads(options.Threads);
        using var literal = new FreqNet(Shapes.Channels, Shapes.Window, Shapes.SubSegment);
        using var adam = torch.optim.Adam(literal.parameters(), 0.003);
        var batch = Batches.Random(Size);

        var steps = new Steps(() => Literal(literal, adam, batch));
        Trainer.Run(RecipeModule.withEpochs(1, RecipeModule.hw4), 1, options.Threads, _ => Enumerable.Repeat(batch, Steps.WarmUp + Steps.Rounds), () => [], null, steps, CancellationToken.None);
        yield return new Comparison(
            $"training step, batch {Size}, {options.Threads} threads",
            "steps/s",
            true,
            "literal port",
            "3x, same gradients (golden test); aim 5x",
            [Figure.Of("literal port", steps.LiteralRates), Figure.Of("Mina's trainer", steps.Rates)]);
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

    /// <summary>Takes a literal step after each of the trainer's, and times both.</summary>
    private sealed class Steps(Action literal) : TrainingObserver
    {
        public const int WarmUp = 2;
        public const int Rounds = 11;
        private long _began = Stopwatch.GetTimestamp();
        private int _taken;

        public List<double> Rates { get; } = [];

        public List<double> LiteralRates { get; } = [];

        public override void OnBatch(int epoch, int step, double loss)
        {
            var ours = Stopwatch.GetElapsedTime(_began).TotalSeconds;
            var start = Stopwatch.GetTimestamp();
            literal();
            var literals = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (_taken++ >= WarmUp)
            {
                Rates.Add(1 / ours);
                LiteralRates.Add(1 / literals);
            }

            _began = Stopwatch.GetTimestamp();
        }
    }
}
