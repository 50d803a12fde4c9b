using Mina.Host.Json;
using Mina.Model;

namespace Mina.Host.Evaluation.Strips;

/// <summary>What <c>evaluate --strips</c> writes as JSON.</summary>
internal sealed record StripsDocument(
    ViewDocument Classify, ViewDocument MeanOfWindows, int Unclassifiable, int Failures, TrainedOnDocument TrainedOn, MeasurementDocument Measurement);

/// <summary>
/// The JSON of figures on strips: <c>{"classify": {"roc_auc", "pr_auc", "f1", ...}, "mean_of_windows": {...}, "unclassifiable",
/// "failures", "trained_on", "measurement"}</c>.
/// </summary>
internal static class StripsJson
{
    /// <summary>Writes the file, as a whole or not at all.</summary>
    public static void Save(StripsResult result, Measurement measurement, string path) => OutputJson.Save(
        new StripsDocument(
            EvaluationJson.DocumentOf(result.Judged),
            EvaluationJson.DocumentOf(result.Windows),
            result.Unclassifiable,
            result.Failures.Count,
            new TrainedOnDocument(measurement.Marks),
            measurement.Document),
        OutputJson.Default.StripsDocument,
        path);
}
