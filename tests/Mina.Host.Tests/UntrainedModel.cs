using Mina.Host.Models;
using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Tests;

/// <summary>A model that nobody trained, the same every time: enough where only what is done with its numbers matters.</summary>
internal static class UntrainedModel
{
    private static readonly float[] Weights = NetworkCatalog.Default.InitialWeights(1);

    public static Classifier Classifier(double threshold = 0.5) => Mina.Model.Classifier.FromWeights(Weights, Info(threshold));

    public static Detector Detector(double threshold = 0.5) => new(new StoredModel(Weights, Info(threshold)));

    /// <summary>Writes it as <c>train</c> would.</summary>
    public static void Save(string folder, double threshold = 0.5)
    {
        Directory.CreateDirectory(folder);
        new ModelDirectory(folder).Save(Weights, Info(threshold));
    }

    private static ModelInfo Info(double threshold) => new(
        ModelInfo.CurrentFormat,
        "tests",
        "FreqNet",
        Weights.Length,
        PreprocessSettings.Default.Fingerprint,
        PreprocessSettings.Default,
        Recipe.Hw4,
        1,
        [],
        new TrainingData("", [], ""),
        [],
        1,
        ViewThresholds.Same(threshold),
        1,
        new Dictionary<string, double>(),
        "");
}
