using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Evaluation;

/// <summary>The recordings and people that a model has learned from, as far as they are known.</summary>
/// <param name="Network">Those of the network.</param>
/// <param name="Rhythm">Those of the rhythm level; null where it is not used.</param>
internal sealed record KnownTraining(TrainedOn Network, TrainedOn? Rhythm)
{
    /// <summary>Reads what is known about a detector.</summary>
    /// <param name="detector">The detector.</param>
    /// <param name="folder">The model's folder; null for the shipped model.</param>
    /// <exception cref="ProblemException">A file with the hashes is damaged.</exception>
    public static KnownTraining Find(Detector detector, string? folder)
    {
        var isShipped = folder is null || ModelFiles.WeightsHash(detector.Model) == ModelFiles.WeightsHash(Detector.Shipped.Model);
        var network = folder is null ? TrainedOn.Unknown : TrainedOnFiles.OfNetwork(folder);
        var rhythm = detector.Rhythm is null ? null
            : folder is not null && RhythmFiles.ExistIn(folder) ? TrainedOnFiles.OfRhythm(folder)
            : TrainedOnFiles.ShippedRhythm();
        return new KnownTraining(network.IsKnown || !isShipped ? network : TrainedOnFiles.ShippedNetwork(), rhythm);
    }

    /// <summary>Whether the model has learned from a recording; null where that is not known.</summary>
    public bool? Includes(string[] keys)
    {
        var found = Network.ContainsAny(keys) || (Rhythm?.ContainsAny(keys) ?? false);
        return found ? true : Network.IsKnown && (Rhythm?.IsKnown ?? true) ? false : null;
    }
}
