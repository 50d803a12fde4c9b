using System.Text.Json;
using Mina.Model;

namespace Mina.Host.Evaluation.Robustness;

/// <summary>
/// The JSON of <c>robustness</c>: <c>{"split", "windows", "positives", "recordings", "seed", "models": [{"model", "points":
/// [{"disturbance": "none" | "wander" | "noise", "strength", "roc_auc", "pr_auc", "ci": {"roc_auc": [lo, hi], "pr_auc": [lo, hi]}}]}]}</c>.
/// Strength is in standard deviations of the recording (wander) or dB (noise); undefined figures are null.
/// </summary>
public static class RobustnessJson
{
    /// <summary>Writes the file, as a whole or not at all.</summary>
    public static void Save(RobustnessResult result, string path) => JsonFile.Save(path, stream => Write(result, stream));

    /// <summary>Writes UTF-8, indented, with a final newline.</summary>
    public static void Write(RobustnessResult result, Stream stream)
    {
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("split", result.Split);
            json.WriteNumber("windows", result.Windows);
            json.WriteNumber("positives", result.Positives);
            json.WriteNumber("recordings", result.Recordings);
            json.WriteNumber("seed", result.Seed);
            json.WriteStartArray("models");
            foreach (var model in result.Models)
            {
                json.WriteStartObject();
                json.WriteString("model", model.Name);
                json.WriteStartArray("points");
                foreach (var point in model.Points)
                    Point(json, point);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    private static void Point(Utf8JsonWriter json, RobustnessPoint point)
    {
        json.WriteStartObject();
        json.WriteString("disturbance", point.Condition.KindName);
        json.WriteNumber("strength", point.Condition.Strength);
        JsonFile.WriteNumber(json, "roc_auc", point.Metrics.Figures.RocAuc);
        JsonFile.WriteNumber(json, "pr_auc", point.Metrics.Figures.PrAuc);
        json.WriteStartObject("ci");
        Interval("roc_auc", f => f.RocAuc);
        Interval("pr_auc", f => f.PrAuc);
        json.WriteEndObject();
        json.WriteEndObject();

        void Interval(string name, Func<Figures, double> of)
        {
            json.WriteStartArray(name);
            foreach (var bound in new[] { of(point.Metrics.Ci.Lo), of(point.Metrics.Ci.Hi) })
            {
                if (double.IsFinite(bound))
                    json.WriteNumberValue(bound);
                else
                    json.WriteNullValue();
            }

            json.WriteEndArray();
        }
    }
}
