using System.Diagnostics;
using Mina.Host.Commands;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Shards;

namespace Mina.Benchmarks;

/// <summary>How long a real training waits for its batches, as a share of the epoch.</summary>
internal static class ReadingRow
{
    private const int Steps = 240;
    private const int Recordings = 1500;

    public static IEnumerable<Comparison> Run(Options options)
    {
        var temporary = Directory.CreateTempSubdirectory("mina-benchmark-");
        try
        {
            var set = ShardSet.Open(options.Shards ?? Made(options, temporary));
            int[] threads = [.. new[] { 1, Environment.ProcessorCount }.Distinct()];
            foreach (var recipe in new[] { Recipe.Hw4, Recipe.Standard })
            {
                List<Figure> waits = [], rates = [];
                foreach (var n in threads)
                {
                    var (waiting, training, first) = Train(set, recipe, n);
                    // The first batch waits for the shuffle buffer; an epoch has but one of those.
                    var steps = EpochSteps(set, recipe);
                    var epoch = training * steps / Steps;
                    var waited = first + (waiting * steps / Steps);
                    waits.Add(Figure.From(n == 1 ? "1 thread" : $"{n} threads", [100 * waited / (epoch + waited)]));
                    rates.Add(Figure.From(n == 1 ? "1 thread" : $"{n} threads", [Steps * recipe.BatchSize / (waiting + training)]));
                }

                var note = $"{Steps} steps of train's own loop on its own batches; the wait for an epoch's first batch ({set.Windows(Split.Train):N0} training "
                    + $"windows) counted once for all its {EpochSteps(set, recipe):N0} steps";
                yield return new Comparison($"reading, recipe {recipe.Name}: trainer idle", "% of an epoch", false, null, "< 3 %", waits, note);
                yield return new Comparison($"reading, recipe {recipe.Name}: trained", "windows/s", true, null, "", rates);
            }

            yield return new Comparison(
                "reading alone, nothing else", "windows/s", true, null, "one epoch's need", [Alone(set, Recipe.Hw4), Alone(set, Recipe.Standard)],
                "one thread that reads, shuffles and, for recipe default, varies and filters the windows");
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    private static int EpochSteps(ShardSet set, Recipe recipe) =>
        (int)((set.Windows(Split.Train, 0) + (set.Windows(Split.Train, 1) / recipe.EveryAF)) / recipe.BatchSize);

    private static (double Waiting, double Training, double First) Train(ShardSet set, Recipe recipe, int threads)
    {
        var (waiting, first, total) = (0.0, 0.0, Stopwatch.StartNew());
        Trainer.Run(NetworkCatalog.Default, recipe.WithEpochs(1), 1, null, TrainingRow.Team(threads), Timed, () => [], null, new TrainingObserver(),
            CancellationToken.None);
        return (waiting, total.Elapsed.TotalSeconds - waiting, first);

        IEnumerable<SegmentBatch> Timed(int epoch)
        {
            using var batches = new TrainingShards(set).TrainingBatches(recipe, 1, epoch).GetEnumerator();
            for (var step = 0; step <= Steps; step++)
            {
                var start = Stopwatch.GetTimestamp();
                if (!batches.MoveNext())
                    throw new BenchmarkException($"the shards hold fewer than {Steps} batches");
                var waited = Stopwatch.GetElapsedTime(start).TotalSeconds;
                (first, waiting) = step == 0 ? (waited, 0) : (first, waiting + waited);
                // The first step compiles; the clock starts after it.
                yield return batches.Current;
                if (step == 0)
                    total.Restart();
            }
        }
    }

    private static Figure Alone(ShardSet set, Recipe recipe)
    {
        var batches = 0;
        var start = 0L;
        foreach (var _ in new TrainingShards(set).TrainingBatches(recipe, 1, 1))
        {
            if (batches++ == 0)
                start = Stopwatch.GetTimestamp();
            if (batches > Steps)
                break;
        }

        return Figure.From($"recipe {recipe.Name}", [(batches - 1) * recipe.BatchSize / Stopwatch.GetElapsedTime(start).TotalSeconds]);
    }

    private static string Made(Options options, DirectoryInfo temporary)
    {
        var raw = options.Recordings ?? throw new BenchmarkException("needs --shards, or --recordings to make some of");
        var shards = Path.Combine(temporary.FullName, "shards");
        IngestRow.Ingest(options, IngestRow.Some(raw, Recordings, temporary), shards, Environment.ProcessorCount);
        return shards;
    }
}
