// Trains a model on shards that `mina ingest` wrote, keeps it where every command of mina can use it, and scores it on the test split.
//
//     dotnet run --project samples/Train -- SHARDS MODEL [EPOCHS]
using System.Globalization;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Shards;

const int Seed = 1;

if (args.Length is not (2 or 3))
{
    Console.Error.WriteLine("usage: train SHARDS MODEL [EPOCHS]");
    return 1;
}

var shards = ShardSet.Open(args[0]);
var recipe = args.Length == 3 ? Recipe.Hw4.WithEpochs(int.Parse(args[2], CultureInfo.InvariantCulture)) : Recipe.Hw4;

// The trainer has no threads and no files of its own, so it is lent both. The number of threads changes no bit of the weights.
var result = Trainer.Run(
    NetworkCatalog.Default,
    recipe,
    Seed,
    teacher: null,
    (count, body) => Parallel.For(0, count, body),
    epoch => shards.ShuffledBatches(Split.Train, recipe.BatchSize, Seed, epoch),
    () => shards.Batches(Split.Validation, recipe.BatchSize),
    resumeFrom: null,
    new Progress(),
    CancellationToken.None);

var info = ModelInfo.FromTraining(shards.Settings.Preprocess, new TrainingData("", [], ""), result);
var detector = new Detector(new StoredModel(result.Weights, info)).Calibrate(shards.Batches(Split.Validation, recipe.BatchSize));
Directory.CreateDirectory(args[1]);
foreach (var (name, bytes) in ModelFiles.Encode(detector.Model))
    File.WriteAllBytes(Path.Combine(args[1], name), bytes);

var evaluation = detector.Evaluate(shards.Batches(Split.Test, recipe.BatchSize));
Console.WriteLine($"{args[1]}: ROC-AUC {evaluation.Paper.Figures.RocAuc:0.000} on the test split");
return 0;

internal sealed class Progress : TrainingObserver
{
    public override void OnEpoch(EpochResult epoch, Checkpoint checkpoint) =>
        Console.WriteLine($"epoch {epoch.Epoch}: loss {epoch.TrainLoss:0.000}, validation ROC-AUC {epoch.ValidationRocAuc:0.000}");
}
