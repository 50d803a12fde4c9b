using System.Globalization;
using Mina.Host.Models;
using Mina.Model;
using Mina.Preprocess;

namespace Mina.Benchmarks;

/// <summary>How long a command takes from nothing: a Release build's <c>mina --help</c> and <c>mina classify</c> of one recording.</summary>
internal static class StartUpRow
{
    private const int Rounds = 7;

    public static IEnumerable<Comparison> Run(Options options)
    {
        var mina = File.Exists(Options.Mina) ? Options.Mina : throw new BenchmarkException($"{Options.Mina} is not there; run 'dotnet build -c Release'");
        var temporary = Directory.CreateTempSubdirectory("mina-benchmark-");
        try
        {
            var model = options.Model ?? FirstWeights(temporary.FullName);
            var recording = NearestTo30Seconds(Path.Combine(Options.Root, "data", "raw"));
            yield return Times("mina --help", "0.3 s", null, mina, "--help");
            yield return Times("mina classify of one recording", "1.0 s", $"{Path.GetFileName(recording)}, the sample nearest to 30 s", mina, "classify",
                recording, "--model", model);
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    private static Comparison Times(string what, string goal, string? note, string program, params string[] arguments)
    {
        var seconds = Enumerable.Range(0, Rounds + 1).Select(_ => Measure.Command(program, arguments).Seconds).Skip(1); // the first fills the disk cache
        return new Comparison(what, "s", false, null, goal, [Figure.From("Release build", seconds)], note);
    }

    /// <summary>A model as large as any, hardly trained.</summary>
    private static string FirstWeights(string folder)
    {
        var batch = Batches.Random(2);
        var trained = Trainer.Run(
            NetworkCatalog.Default, Recipe.Hw4.WithEpochs(1), 1, null, SingleThread.Workers, _ => [batch], () => [], null, new TrainingObserver(),
            CancellationToken.None);
        var info = ModelInfo.FromTraining(PreprocessSettings.Default, new TrainingData("none", [], ""), trained);
        new ModelDirectory(folder).Save(trained.Weights, info);
        return folder;
    }

    private static string NearestTo30Seconds(string folder) =>
        Directory.EnumerateFiles(folder, "*.hea").OrderBy(path => Math.Abs(Seconds(path) - 30)).ThenBy(path => path, StringComparer.Ordinal).FirstOrDefault()
            ?? throw new BenchmarkException($"{folder} holds no recording");

    private static double Seconds(string header)
    {
        var fields = File.ReadLines(header).First().Split(' ');
        return double.Parse(fields[3], CultureInfo.InvariantCulture) / double.Parse(fields[2].Split('/')[0], CultureInfo.InvariantCulture);
    }
}
