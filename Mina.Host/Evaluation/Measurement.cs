using System.Security.Cryptography;
using Mina.Host.Shell;
using Mina.Model;

namespace Mina.Host.Evaluation;

/// <summary>The thresholds of a measurement as JSON: of the network's probability in each view, and of the rhythm level where it was used.</summary>
internal sealed record ThresholdDocument(double Paper, double Uniform, double Recording, double? RhythmOnset, double? RhythmOffset);

/// <summary>A measurement as JSON: the model, the data, the version and the date.</summary>
internal sealed record MeasurementDocument(
    string Mina,
    string Date,
    string Model,
    string ModelSha256,
    string? RhythmSha256,
    ThresholdDocument Threshold,
    long ModelSeed,
    long? BootstrapSeed,
    string Data,
    string DataSha256);

/// <summary>How many of the recordings that were measured the model has learned from, as JSON; null where that is not known.</summary>
internal sealed record TrainedOnDocument(int Recordings, int? Network, int? Rhythm)
{
    /// <summary>Creates the document of marks.</summary>
    public TrainedOnDocument(TrainingMarks marks)
        : this(marks.Recordings, marks.Network, marks.Rhythm)
    {
    }
}

/// <summary>Says what was measured, with which model and when. The date of a measurement stands here and nowhere else.</summary>
/// <param name="ModelName">The model's folder, or <see cref="Shipped"/>.</param>
/// <param name="Detector">The model.</param>
/// <param name="Data">The path of the data.</param>
/// <param name="DataSha256">The hash of the data.</param>
/// <param name="BootstrapSeed">The seed of the intervals; null where there are none.</param>
/// <param name="Date">The time of the measurement.</param>
/// <param name="Marks">The number of the recordings that the model has learned from.</param>
public sealed record Measurement(
    string ModelName, Detector Detector, string Data, string DataSha256, long? BootstrapSeed, DateTimeOffset Date, TrainingMarks Marks)
{
    /// <summary>The name of the model that Mina ships.</summary>
    public const string Shipped = "the one that Mina ships";

    /// <summary>The facts, for a report.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Facts
    {
        get
        {
            var document = Document;
            List<KeyValuePair<string, string>> facts =
            [
                new("Mina", document.Mina),
                new("date", document.Date),
                new("weights, SHA-256", document.ModelSha256),
                new("data, SHA-256", document.DataSha256),
            ];
            if (document.RhythmSha256 is { } rhythm)
                facts.Insert(3, new("rhythm level, SHA-256", rhythm));
            return facts;
        }
    }

    /// <summary>The measurement as JSON.</summary>
    internal MeasurementDocument Document
    {
        get
        {
            var thresholds = Detector.Thresholds;
            // Windows of shards are not judged by the rhythm level, though the detector may have one.
            var rhythm = Marks.UsesRhythm ? Detector.Rhythm : null;
            return new MeasurementDocument(
                ProductVersion.Text,
                MeasurementDate.TextOf(Date),
                ModelName,
                ModelFiles.WeightsHash(Detector.Model),
                rhythm is null ? null : Convert.ToHexStringLower(SHA256.HashData(RhythmModels.EncodeWeights(rhythm.Model))),
                new ThresholdDocument(
                    thresholds.Paper,
                    thresholds.Uniform,
                    thresholds.Recording,
                    rhythm?.Info.Settings.OnsetProbability,
                    rhythm?.Info.Settings.OffsetProbability),
                Detector.Info.Seed,
                BootstrapSeed,
                Data,
                DataSha256);
        }
    }
}
