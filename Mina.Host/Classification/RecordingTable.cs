using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Files;

namespace Mina.Host.Classification;

/// <summary>What became of one recording of a table: it was classified, or rejected.</summary>
internal sealed record RecordingRow(string Id, string Location, ClassifiedRecording? Classified, Rejection? Rejection);

/// <summary>The table of <c>classify --table</c>: one row for each recording, also for one that was rejected.</summary>
internal static class RecordingTable
{
    private static readonly TableColumn<RecordingRow>[] Columns =
    [
        TableColumn<RecordingRow>.Text("recording", row => row.Id),
        TableColumn<RecordingRow>.Text("location", row => row.Location),
        Text("lead", found => found.Lead),
        Text("unit", found => found.Unit),
        Number("fs", found => found.Fs),
        Number("duration_s", found => found.DurationSeconds),
        Text("verdict", found => FindingNames.NameOf(found.Finding)),
        Number("probability", found => found.Probability),
        Whole("windows", found => found.Windows.Count),
        Number("unclassifiable_s", found => found.UnclassifiableSeconds),
        Whole("episodes", found => found.Episodes.Count),
        Number("af_s", found => found.Episodes.Sum(episode => episode.EndSeconds - episode.StartSeconds)),
        Number("longest_episode_s", found => found.Episodes.Select(episode => episode.EndSeconds - episode.StartSeconds).DefaultIfEmpty().Max()),
        Number("burden", found => found.Burden),
        TableColumn<RecordingRow>.Text("rejection", row => row.Rejection?.Reason.ToString()),
        TableColumn<RecordingRow>.Text("message", row => row.Rejection?.Message),
    ];

    /// <summary>Writes the file, as a whole or not at all.</summary>
    public static void Save(IEnumerable<RecordingRow> rows, string path) => TableFile.Write(path, Columns, rows);

    private static TableColumn<RecordingRow> Text(string name, Func<ClassifiedRecording, string?> value) =>
        TableColumn<RecordingRow>.Text(name, row => row.Classified is { } found ? value(found) : null);

    private static TableColumn<RecordingRow> Number(string name, Func<ClassifiedRecording, double?> value) =>
        TableColumn<RecordingRow>.Number(name, row => row.Classified is { } found ? value(found) : null);

    private static TableColumn<RecordingRow> Whole(string name, Func<ClassifiedRecording, long?> value) =>
        TableColumn<RecordingRow>.Whole(name, row => row.Classified is { } found ? value(found) : null);
}
