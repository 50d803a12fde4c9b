using System.Globalization;
using System.Text.Json;
using Mina.Model;
using Mina.Preprocess;
using Spectre.Console;

namespace Mina.Host.Classification;

/// <summary>Verdicts as a table, JSON or CSV.</summary>
public static class ClassificationOutput
{
    /// <summary>af, not_af or unclassifiable: the words of JSON and CSV.</summary>
    public static string NameOf(Finding finding) => finding switch
    {
        Finding.AF => "af",
        Finding.NotAF => "not_af",
        _ => "unclassifiable",
    };

    /// <summary>One object for one recording, an array for several.</summary>
    public static void WriteJson(IReadOnlyList<ClassifiedRecording> recordings, bool asArray, Stream output)
    {
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            if (asArray)
                json.WriteStartArray();
            foreach (var recording in recordings)
                Write(json, recording);
            if (asArray)
                json.WriteEndArray();
        }

        output.WriteByte((byte)'\n');
    }

    /// <summary>One line a window: recording, start_s, probability, verdict.</summary>
    public static void WriteCsv(IReadOnlyList<ClassifiedRecording> recordings, TextWriter output)
    {
        output.Write("recording,start_s,probability,verdict\n");
        foreach (var recording in recordings)
        {
            var id = recording.Id.AsSpan().IndexOfAny(",\"\r\n") < 0 ? recording.Id : $"\"{recording.Id.Replace("\"", "\"\"")}\"";
            foreach (var window in recording.Windows)
                output.Write(string.Create(CultureInfo.InvariantCulture, $"{id},{window.StartSeconds:0.###},{window.Probability:0.0000},{NameOf(window.FindingAt(recording.Threshold))}\n"));
        }
    }

    /// <summary>A table for people: the windows of a recording of up to 61 s, the episodes of a longer one.</summary>
    public static void WriteTable(ClassifiedRecording recording, IAnsiConsole console)
    {
        if (recording.DurationSeconds <= Preprocessor.LongSeconds)
            console.Write(WindowsOf(recording));
        else if (recording.Episodes.Count > 0)
            console.Write(EpisodesOf(recording));
        var unclassifiable = recording.UnclassifiableSeconds / recording.DurationSeconds;
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{recording.Id}: {Words(recording.Finding)} (mean probability {Or(recording.Probability, "0.000")}), {Count(recording.Episodes.Count)} of AF, burden {Or(recording.Burden, "0.0 %")}, {unclassifiable:0.0 %} unclassifiable, {Clock(recording.DurationSeconds)} at {recording.Fs:0.##} Hz"));
    }

    private static Table WindowsOf(ClassifiedRecording recording)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn(new TableColumn("start (s)").RightAligned()).AddColumn(new TableColumn("probability").RightAligned()).AddColumn("verdict");
        foreach (var window in recording.Windows)
        {
            table.AddRow(
                window.StartSeconds.ToString("0.0", CultureInfo.InvariantCulture),
                window.Probability?.ToString("0.000", CultureInfo.InvariantCulture) ?? "-",
                Words(window.FindingAt(recording.Threshold)));
        }

        return table;
    }

    private static Table EpisodesOf(ClassifiedRecording recording)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn(new TableColumn("AF from").RightAligned()).AddColumn(new TableColumn("to").RightAligned())
            .AddColumn(new TableColumn("lasts").RightAligned()).AddColumn(new TableColumn("mean probability").RightAligned());
        foreach (var episode in recording.Episodes)
        {
            table.AddRow(
                Clock(episode.StartSeconds),
                Clock(episode.EndSeconds),
                Clock(episode.EndSeconds - episode.StartSeconds),
                episode.MeanProbability.ToString("0.000", CultureInfo.InvariantCulture));
        }

        return table;
    }

    private static string Count(int episodes) => episodes == 1 ? "1 episode" : $"{episodes} episodes";

    /// <summary>Hours, minutes and seconds; of less than a minute seconds alone.</summary>
    private static string Clock(double seconds)
    {
        var time = TimeSpan.FromSeconds(Math.Round(seconds, 1));
        return time.TotalMinutes < 1
            ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}");
    }

    private static string Or(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "unknown";

    private static string Words(Finding finding) => finding switch
    {
        Finding.AF => "AF",
        Finding.NotAF => "not AF",
        _ => "unclassifiable",
    };

    private static void Write(Utf8JsonWriter json, ClassifiedRecording recording)
    {
        json.WriteStartObject();
        json.WriteString("recording", recording.Id);
        json.WriteNumber("fs", recording.Fs);
        json.WriteNumber("duration_s", Rounded(recording.DurationSeconds));
        json.WriteStartArray("windows");
        foreach (var window in recording.Windows)
        {
            json.WriteStartObject();
            json.WriteNumber("start_s", Rounded(window.StartSeconds));
            WriteOrNull(json, "probability", window.Probability);
            json.WriteString("verdict", NameOf(window.FindingAt(recording.Threshold)));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("episodes");
        foreach (var episode in recording.Episodes)
        {
            json.WriteStartObject();
            json.WriteNumber("start_s", Rounded(episode.StartSeconds));
            json.WriteNumber("end_s", Rounded(episode.EndSeconds));
            json.WriteNumber("mean_probability", episode.MeanProbability);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteOrNull(json, "burden", recording.Burden);
        json.WriteString("verdict", NameOf(recording.Finding));
        WriteOrNull(json, "probability", recording.Probability);
        json.WriteEndObject();
    }

    private static void WriteOrNull(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }

    /// <summary>To a tenth of a millisecond: 1.6667, not 1.6666666666666667.</summary>
    private static double Rounded(double seconds) => Math.Round(seconds, 4);
}
