using System.Text.Json.Serialization;
using Mina.Host.Json;
using Mina.Model;

namespace Mina.Host.Classification;

/// <summary>
/// A classified recording as JSON. <c>Probability</c> comes from the recording level up to 61 s, and is the mean of the windows beyond.
/// </summary>
internal sealed record RecordingDocument(
    string Recording,
    string Source,
    string Lead,
    string Unit,
    double Fs,
    double DurationS,
    IEnumerable<WindowDocument> Windows,
    IEnumerable<EpisodeDocument> Episodes,
    double? Burden,
    string Verdict,
    double? Probability);

/// <summary>A window's verdict as JSON, with the rhythm level's probability where the level judged the recording and the window is classifiable.</summary>
internal sealed record WindowDocument(
    double StartS,
    double? Probability,
    string Verdict,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? RhythmProbability);

/// <summary>An episode as JSON.</summary>
internal sealed record EpisodeDocument(double StartS, double EndS, double MeanProbability);

/// <summary>Writes the JSON that <c>classify</c> prints.</summary>
public static class ClassificationJson
{
    /// <summary>Writes one object for one recording, and an array for several.</summary>
    public static void Write(IReadOnlyList<ClassifiedRecording> recordings, bool asArray, Stream output)
    {
        if (asArray)
            OutputJson.Write(recordings.Select(DocumentOf), OutputJson.Default.IEnumerableRecordingDocument, output);
        else
            OutputJson.Write(DocumentOf(recordings.Single()), OutputJson.Default.RecordingDocument, output);
    }

    private static RecordingDocument DocumentOf(ClassifiedRecording recording) => new(
        recording.Id,
        recording.Source,
        recording.Lead,
        recording.Unit,
        recording.Fs,
        OutputJson.Seconds(recording.DurationSeconds),
        recording.Windows.Select((window, i) => new WindowDocument(
            OutputJson.Seconds(window.StartSeconds),
            window.Probability,
            FindingNames.NameOf(window.FindingAt(recording.Threshold)),
            recording.Rhythm?[i].Probability)),
        recording.Episodes.Select(episode => new EpisodeDocument(
            OutputJson.Seconds(episode.StartSeconds), OutputJson.Seconds(episode.EndSeconds), episode.MeanProbability)),
        recording.Burden,
        FindingNames.NameOf(recording.Finding),
        recording.Probability);
}
