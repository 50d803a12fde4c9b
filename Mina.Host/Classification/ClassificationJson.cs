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
    double? Probability,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? VerdictOfLeads = null);

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
    /// <param name="recordings">The recordings.</param>
    /// <param name="asArray">Whether an array is written.</param>
    /// <param name="output">Takes the JSON.</param>
    /// <param name="ofLeads">What all leads of a recording say together, by the id of each; null where each recording is one lead.</param>
    public static void Write(
        IReadOnlyList<ClassifiedRecording> recordings, bool asArray, Stream output, IReadOnlyDictionary<string, Finding>? ofLeads = null)
    {
        if (asArray)
            OutputJson.Write(recordings.Select(Document), OutputJson.Default.IEnumerableRecordingDocument, output);
        else
            OutputJson.Write(Document(recordings.Single()), OutputJson.Default.RecordingDocument, output);

        RecordingDocument Document(ClassifiedRecording recording) =>
            DocumentOf(recording) with { VerdictOfLeads = ofLeads is null ? null : FindingNames.NameOf(ofLeads[recording.Id]) };
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
