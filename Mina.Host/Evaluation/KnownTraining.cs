using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Evaluation;

/// <summary>What a model has learned from, as far as it is known.</summary>
/// <param name="Network">What the network has learned from.</param>
/// <param name="Rhythm">What the rhythm level has learned from; null: it is not used.</param>
internal sealed record KnownTraining(TrainedOn Network, TrainedOn? Rhythm)
{
    /// <summary>What is known of a detector.</summary>
    /// <param name="detector">The detector.</param>
    /// <param name="folder">The model's folder; null: the shipped one.</param>
    /// <exception cref="ProblemException">A file that says so is damaged.</exception>
    public static KnownTraining Find(Detector detector, string? folder)
    {
        var isShipped = folder is null || ModelFiles.WeightsHash(detector.Model) == ModelFiles.WeightsHash(Detector.Shipped.Model);
        var network = folder is null ? TrainedOn.Unknown : TrainedOnFiles.OfNetwork(folder);
        var rhythm = detector.Rhythm is null ? null
            : folder is not null && RhythmFiles.ExistIn(folder) ? TrainedOnFiles.OfRhythm(folder)
            : TrainedOnFiles.ShippedRhythm();
        return new KnownTraining(network.IsKnown || !isShipped ? network : TrainedOnFiles.ShippedNetwork(), rhythm);
    }

    /// <summary>Whether the model has learned from a recording; null: not known.</summary>
    public bool? Includes(string[] keys)
    {
        var found = Network.ContainsAny(keys) || (Rhythm?.ContainsAny(keys) ?? false);
        return found ? true : Network.IsKnown && (Rhythm?.IsKnown ?? true) ? false : null;
    }
}
