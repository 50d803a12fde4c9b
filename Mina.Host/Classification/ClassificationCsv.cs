using System.Globalization;
using Mina.Model;
using Mina.Streaming.Files;

namespace Mina.Host.Classification;

/// <summary>Writes the CSV that <c>classify</c> prints.</summary>
public static class ClassificationCsv
{
    private static readonly string[] Header = ["recording", "start_s", "probability", "verdict"];

    /// <summary>Writes a header and one line for each window: recording, start_s, probability, verdict.</summary>
    public static void Write(IReadOnlyList<ClassifiedRecording> recordings, TextWriter output) => CsvTable.Write(
        output,
        Header,
        recordings.SelectMany(recording => recording.Windows.Select(window => new object?[]
        {
            recording.Id,
            window.StartSeconds.ToString("0.###", CultureInfo.InvariantCulture),
            window.Probability?.ToString("0.0000", CultureInfo.InvariantCulture),
            FindingNames.NameOf(window.FindingAt(recording.Threshold)),
        })));
}
