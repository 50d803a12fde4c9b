using Mina.Host.Evaluation;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Shards;

namespace Mina.Host.Commands;

/// <summary>One of several models that a command scores side by side.</summary>
/// <param name="Name">What results call it.</param>
/// <param name="Folder">Its folder; null: it is the one that Mina ships.</param>
/// <param name="Detector">The model.</param>
internal sealed record NamedDetector(string Name, string? Folder, Detector Detector)
{
    /// <summary>The model that Mina ships.</summary>
    public static NamedDetector Shipped => new("mina", null, Detector.Shipped);

    /// <summary>Loads models, and names them as their folders where these names differ, else by their paths.</summary>
    /// <exception cref="ProblemException">A folder holds no model.</exception>
    public static NamedDetector[] Load(string[] folders)
    {
        var paths = Array.ConvertAll(folders, Path.GetFullPath);
        var names = Array.ConvertAll(paths, path => Path.GetFileName(Path.TrimEndingDirectorySeparator(path)));
        var distinct = names.Distinct(StringComparer.Ordinal).Count() == names.Length;
        return [.. paths.Zip(names, (path, name) => new NamedDetector(distinct ? name : path, path, Detector.Load(path)))];
    }

    /// <summary>What a measurement of the model on a split of shards was made with.</summary>
    public Measurement MeasurementOn(ShardSet shards, Split split, long seed)
    {
        var training = KnownTraining.Find(Detector, Folder);
        string[][] recordings = [.. shards.InSplit(split).SelectMany(shard => shard.Recordings).Select(id => new[] { TrainedOn.Recording(id) })];
        return new Measurement(
            Folder ?? Measurement.Shipped,
            Detector,
            $"{shards.Directory}, {Splits.NameOf(split)}",
            TrainingShards.HashOf(shards),
            seed,
            MeasurementDate.Now(TimeProvider.System),
            TrainingMarks.Count(recordings, training.Network, rhythm: null));
    }
}
