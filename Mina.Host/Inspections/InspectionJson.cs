using Mina.Host.Json;
using Mina.Preprocess;
using Mina.Streaming.Shards;

namespace Mina.Host.Inspections;

/// <summary>An inspected recording as JSON.</summary>
internal sealed record InspectionDocument(
    string Recording,
    string Source,
    IReadOnlyList<InspectedLead> Leads,
    string? Lead,
    string? Unit,
    double? Fs,
    double? DurationS,
    DateTime? Start,
    int Gaps,
    double MissingS,
    double? Usable,
    double? HeartRate,
    IReadOnlyDictionary<string, double>? RhythmsS,
    string? Label,
    string? Person,
    string? SameSignalAs,
    string? RejectedFor,
    string? Rejection,
    string? AnnotationFault);

/// <summary>A lead as JSON.</summary>
internal sealed record InspectedLead(string Name, string Unit, double Fs);

/// <summary>Inspected shards as JSON.</summary>
internal sealed record ShardsInspection(string Directory, int Shards, IReadOnlyList<SplitInspection> Splits);

/// <summary>A split as JSON.</summary>
internal sealed record SplitInspection(
    string Split, long Recordings, long Windows, long AFWindows, IReadOnlyDictionary<string, long> RecordingsOf, IReadOnlyDictionary<string, long> WindowsOf);

/// <summary>Writes the JSON that <c>inspect</c> prints.</summary>
internal static class InspectionJson
{
    /// <summary>Writes an array of recordings.</summary>
    public static void Write(IReadOnlyList<RecordingInspection> recordings, Stream output) =>
        OutputJson.Write(recordings.Select(DocumentOf), OutputJson.Default.IEnumerableInspectionDocument, output);

    /// <summary>Writes the counts of shards.</summary>
    public static void Write(ShardSet shards, Stream output) => OutputJson.Write(
        new ShardsInspection(shards.Directory, shards.Shards.Count, [.. Enum.GetValues<Split>().Select(split => new SplitInspection(
            Splits.NameOf(split),
            shards.Recordings(split),
            shards.Windows(split),
            shards.Windows(split, 1),
            shards.Counts(split).ToDictionary(pair => pair.Key, pair => (long)pair.Value.Recordings),
            shards.Counts(split).ToDictionary(pair => pair.Key, pair => pair.Value.Windows)))]),
        OutputJson.Default.ShardsInspection,
        output);

    private static InspectionDocument DocumentOf(RecordingInspection one) => new(
        one.Id,
        one.Source,
        [.. one.Leads.Select(lead => new InspectedLead(lead.Name, lead.Unit, lead.Fs))],
        one.Lead?.Name,
        one.Lead?.Unit,
        one.Lead?.Fs,
        one.Seconds is { } seconds ? OutputJson.Seconds(seconds) : null,
        one.Start,
        one.Gaps,
        OutputJson.Seconds(one.MissingSeconds),
        one.Usable,
        one.HeartRate,
        one.Rhythms?.ToDictionary(pair => pair.Key, pair => OutputJson.Defined(OutputJson.Seconds(pair.Value)) ?? 0),
        one.Label is { } label ? Labels.NameOf(label) : null,
        one.Person,
        one.SameSignalAs,
        one.Rejection?.Reason.ToString(),
        one.Rejection?.Message,
        one.AnnotationFault);
}
