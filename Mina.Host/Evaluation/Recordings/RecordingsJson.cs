using System.Text.Json;
using Mina.Model;

namespace Mina.Host.Evaluation.Recordings;

/// <summary>
/// The JSON of <c>evaluate --recordings</c>: <c>{"recordings": [{"recording", "duration_s", "burden", ..., "episode_sensitivity",
/// "episode_ppv", "duration_sensitivity", "duration_ppv", "false_episodes_per_24h", "false_s_per_24h", "unclassifiable"}],
/// "gross": {...}, "average": {...}, "options": {...}, "failures": [...]}</c>. Undefined figures are null.
/// </summary>
public static class RecordingsJson
{
    /// <summary>Writes the file, as a whole or not at all.</summary>
    public static void Save(RecordingsResult result, string path) => JsonFile.Save(path, stream => Write(result, stream));

    /// <summary>Writes UTF-8, indented, with a final newline.</summary>
    public static void Write(RecordingsResult result, Stream stream)
    {
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteStartArray("recordings");
            foreach (var (recording, comparison) in result.Recordings)
            {
                json.WriteStartObject();
                json.WriteString("recording", recording.Id);
                json.WriteNumber("duration_s", Math.Round(recording.DurationSeconds, 4));
                JsonFile.WriteNumber(json, "burden", recording.Burden ?? double.NaN);
                Comparison(json, comparison, recording.UnclassifiableSeconds / recording.DurationSeconds);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartObject("gross");
            Comparison(json, result.Gross, result.Unclassifiable);
            json.WriteEndObject();
            json.WriteStartObject("average");
            foreach (var (name, _, of) in RecordingsResult.Ratios)
                JsonFile.WriteNumber(json, name, result.Average(of));
            json.WriteEndObject();
            json.WriteStartObject("options");
            json.WriteString("flutter", result.Options.Flutter switch { Flutter.NotAF => "not-af", Flutter.Excluded => "exclude", _ => "af" });
            json.WriteNumber("learning_s", result.Options.LearningSeconds);
            json.WriteNumber("shortest_s", result.Options.ShortestSeconds);
            json.WriteEndObject();
            json.WriteStartArray("failures");
            foreach (var failure in result.Failures)
                json.WriteStringValue(failure);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    private static void Comparison(Utf8JsonWriter json, EpisodeComparison c, double unclassifiable)
    {
        json.WriteNumber("compared_s", Math.Round(c.ComparedSeconds, 4));
        json.WriteNumber("reference_episodes", c.ReferenceEpisodes);
        json.WriteNumber("reference_found", c.ReferenceFound);
        json.WriteNumber("detected_episodes", c.DetectedEpisodes);
        json.WriteNumber("detected_true", c.DetectedTrue);
        json.WriteNumber("reference_s", Math.Round(c.ReferenceSeconds, 4));
        json.WriteNumber("detected_s", Math.Round(c.DetectedSeconds, 4));
        json.WriteNumber("overlap_s", Math.Round(c.DetectedTrueSeconds, 4));
        foreach (var (name, _, of) in RecordingsResult.Ratios)
            JsonFile.WriteNumber(json, name, of(c));
        JsonFile.WriteNumber(json, "false_episodes_per_24h", c.FalseEpisodesPerDay);
        JsonFile.WriteNumber(json, "false_s_per_24h", c.FalseSecondsPerDay);
        JsonFile.WriteNumber(json, "unclassifiable", unclassifiable);
    }
}
