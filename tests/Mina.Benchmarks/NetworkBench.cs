using System.Diagnostics;
using Microsoft.FSharp.Core;
using Mina.Model;
using Mina.Preprocess;
using TorchSharp;

namespace Mina.Benchmarks;

/// <summary>
/// The network's speed: <c>dotnet run -c Release --project tests/Mina.Benchmarks -- network [threads]</c>. Medians, the
/// variants in turn in the same run, so that whatever else the machine does meets both.
/// </summary>
internal static class NetworkBench
{
    public static void Run(int threads)
    {
        torch.set_num_threads(threads);
        Console.WriteLine($"{threads} threads of {Environment.ProcessorCount} cores, random segments");
        var weights = Parameters.initial(1);
        using var fused = new FusedFreqNet(weights);
        using var literal = new FreqNet(Shapes.Channels, Shapes.Window, Shapes.SubSegment);
        using var adam = torch.optim.Adam(literal.parameters(), 0.003);

        var batch = Random(128);
        Compare(
            "training step, batch 128",
            5,
            ("literal", () => LiteralStep(literal, adam, batch)),
            ("fused", () => fused.Backward(batch, Loss.SoftmaxCrossEntropy, FSharpOption<float[]>.None)));
        Train(batch, threads);
        literal.eval();
        Compare("inference, batch 128", 5, ("literal", () => LiteralPredict(literal, batch)), ("fused", () => FusedPredict(fused, batch)));
        var one = Random(1);
        Compare("inference, batch 1", 50, ("literal", () => LiteralPredict(literal, one)), ("fused", () => FusedPredict(fused, one)));
    }

    /// <summary>The whole of a training step, as the trainer takes it, and whether memory stays.</summary>
    private static void Train(SegmentBatch batch, int threads)
    {
        var watch = new Watch();
        Trainer.Run(RecipeModule.hw4, 1, threads, _ => Enumerable.Repeat(batch, 12), () => [], null, watch, CancellationToken.None);
        Console.WriteLine($"trainer, batch {batch.Count}: {watch.Steps.Order().ElementAt(watch.Steps.Count / 2):F1} ms a step (median of {watch.Steps.Count})");
        Console.WriteLine($"trainer, resident memory after each epoch of 12 steps, MB: {string.Join(' ', watch.Memory.Select(m => m >> 20))}");
    }

    private sealed class Watch : TrainingObserver
    {
        private readonly Stopwatch _clock = Stopwatch.StartNew();

        public List<double> Steps { get; } = [];

        public List<long> Memory { get; } = [];

        public override void OnBatch(int epoch, int step, double loss)
        {
            Steps.Add(_clock.Elapsed.TotalMilliseconds);
            _clock.Restart();
        }

        public override void OnEpoch(EpochResult result, Checkpoint checkpoint) => Memory.Add(Environment.WorkingSet);
    }

    private static void Compare(string what, int times, params (string Name, Action Step)[] variants)
    {
        var taken = variants.Select(_ => new List<double>()).ToArray();
        for (var i = -1; i < times; i++)
        {
            for (var v = 0; v < variants.Length; v++)
            {
                var clock = Stopwatch.StartNew();
                variants[v].Step();
                if (i >= 0)
                    taken[v].Add(clock.Elapsed.TotalMilliseconds);
            }
        }

        foreach (var (variant, ms) in variants.Zip(taken))
            Console.WriteLine($"{what}: {variant.Name} {ms.Order().ElementAt(times / 2):F1} ms (median of {times})");
    }

    private static void LiteralStep(FreqNet net, torch.optim.Optimizer adam, SegmentBatch batch)
    {
        using var scope = torch.NewDisposeScope();
        var p = Forward(net, batch).Probabilities;
        var loss = torch.nn.functional.cross_entropy(p, torch.tensor(batch.Class));
        adam.zero_grad();
        loss.backward();
        adam.step();
    }

    private static void LiteralPredict(FreqNet net, SegmentBatch batch)
    {
        using var scope = torch.NewDisposeScope();
        using var quiet = torch.no_grad();
        Forward(net, batch);
    }

    private static void FusedPredict(FusedFreqNet net, SegmentBatch batch)
    {
        using var scope = torch.NewDisposeScope();
        net.Predict(batch);
    }

    private static Verdicts Forward(FreqNet net, SegmentBatch batch)
    {
        long b = batch.Count;
        return net.forward(
            torch.tensor(batch.X).view(4, b, 3000),
            torch.tensor(batch.KBeat).view(4, b, 3000),
            torch.tensor(batch.KRhythm).view(4, b, 60),
            torch.tensor(batch.KFreq).view(4, b, 1));
    }

    private static SegmentBatch Random(int count)
    {
        var random = new Random(7);
        var batch = new SegmentBatch(count) { Count = count };
        foreach (var numbers in new[] { batch.X, batch.KBeat, batch.KRhythm, batch.KFreq })
        {
            for (var i = 0; i < numbers.Length; i++)
                numbers[i] = random.NextSingle();
        }

        for (var i = 0; i < count; i++)
            batch.Class[i] = random.Next(2);
        return batch;
    }
}
