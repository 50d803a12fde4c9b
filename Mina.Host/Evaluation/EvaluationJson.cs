using System.Text.Json;
using Mina.Model;

namespace Mina.Host.Evaluation;

/// <summary>
/// The JSON of an evaluation: <c>{"paper": {"roc_auc", "pr_auc", "f1", "sensitivity", "specificity", "ppv", "n",
/// "positives", "ci": {"roc_auc": [lo, hi], ...}}, "uniform": {...}, "recording": {...}}</c>. Undefined figures and
/// intervals (a split without AF, say) are null.
/// </summary>
public static class EvaluationJson
{
    /// <summary>The figures by their names in JSON, in the order written.</summary>
    private static readonly (string Name, Func<Figures, double> Of)[] Written =
    [
        ("roc_auc", f => f.RocAuc),
        ("pr_auc", f => f.PrAuc),
        ("f1", f => f.F1),
        ("sensitivity", f => f.Sensitivity),
        ("specificity", f => f.Specificity),
        ("ppv", f => f.Ppv),
    ];

    /// <summary>Writes the file, as a whole or not at all.</summary>
    public static void Save(EvaluationResult result, string path) => JsonFile.Save(path, stream => Write(result, stream));

    /// <summary>Writes UTF-8, indented, with a final newline.</summary>
    public static void Write(EvaluationResult result, Stream stream)
    {
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            foreach (var view in result.Views)
            {
                json.WriteStartObject(view.View.Name);
                foreach (var (name, of) in Written)
                {
                    json.WritePropertyName(name);
                    WriteNumber(json, of(view.Figures));
                }

                json.WriteNumber("n", view.N);
                json.WriteNumber("positives", view.Positives);
                json.WriteStartObject("ci");
                foreach (var (name, of) in Written)
                    WriteInterval(json, name, of(view.Ci.Lo), of(view.Ci.Hi));
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    private static void WriteInterval(Utf8JsonWriter json, string name, double lo, double hi)
    {
        if (double.IsNaN(lo) || double.IsNaN(hi))
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartArray(name);
        json.WriteNumberValue(lo);
        json.WriteNumberValue(hi);
        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, double value)
    {
        if (double.IsNaN(value))
            json.WriteNullValue();
        else
            json.WriteNumberValue(value);
    }
}
