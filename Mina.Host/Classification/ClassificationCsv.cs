using System.Globalization;
using Mina.Model;
using Mina.Streaming.Files;

namespace Mina.Host.Classification;

/// <summary>The CSV that <c>classify</c> prints.</summary>
public static class ClassificationCsv
{
    /// <summary>Writes one line a window: recording, start_s, probability, verdict.</summary>
    public static void Write(IReadOnlyList<ClassifiedRecording> recordings, TextWriter output)
    {
        using var csv = new CsvTable(output);
        csv.Row("recording", "start_s", "probability", "verdict");
        foreach (var recording in recordings)
        {
            foreach (var window in recording.Windows)
            {
                csv.Row(
                    recording.Id,
                    window.StartSeconds.ToString("0.###", CultureInfo.InvariantCulture),
                    window.Probability?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "",
                    FindingNames.NameOf(window.FindingAt(recording.Threshold)));
            }
        }
    }
}
