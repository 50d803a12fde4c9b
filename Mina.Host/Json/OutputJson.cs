using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Mina.Host.Classification;
using Mina.Host.Evaluation;
using Mina.Host.Evaluation.Comparison;
using Mina.Host.Evaluation.Recordings;
using Mina.Host.Evaluation.Robustness;
using Mina.Host.Evaluation.Strips;
using Mina.Host.Inspections;
using Mina.Host.Scoring;
using Mina.Streaming.Files;

namespace Mina.Host.Json;

/// <summary>
/// Writes the JSON of the commands: UTF-8, indented, with names in snake_case, undefined numbers as null, and a newline at the end.
/// </summary>
[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RecordingDocument))]
[JsonSerializable(typeof(IEnumerable<RecordingDocument>))]
[JsonSerializable(typeof(EvaluationDocument))]
[JsonSerializable(typeof(RecordingsDocument))]
[JsonSerializable(typeof(StripsDocument))]
[JsonSerializable(typeof(RobustnessDocument))]
[JsonSerializable(typeof(ModelComparisonDocument))]
[JsonSerializable(typeof(RhythmReportDocument))]
[JsonSerializable(typeof(ScoreDocument))]
[JsonSerializable(typeof(IEnumerable<InspectionDocument>))]
[JsonSerializable(typeof(ShardsInspection))]
internal sealed partial class OutputJson : JsonSerializerContext
{
    /// <summary>Writes a document to a stream.</summary>
    public static void Write<T>(T document, JsonTypeInfo<T> type, Stream output)
    {
        JsonSerializer.Serialize(output, document, type);
        output.WriteByte((byte)'\n');
    }

    /// <summary>Writes a document to a file, as a whole or not at all, and creates folders that are missing.</summary>
    public static void Save<T>(T document, JsonTypeInfo<T> type, string path)
    {
        using var json = new MemoryStream();
        Write(document, type, json);
        WholeFile.Write(path, json.ToArray());
    }

    /// <summary>The number, or null where it is undefined.</summary>
    public static double? Defined(double value) => double.IsFinite(value) ? value : null;

    /// <summary>Rounds seconds to a tenth of a millisecond, so that 1.6667 is written and not 1.6666666666666667.</summary>
    public static double Seconds(double seconds) => Math.Round(seconds, 4);
}
