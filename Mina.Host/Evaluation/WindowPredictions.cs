using Mina.Model;
using Mina.Streaming.Files;

namespace Mina.Host.Evaluation;

/// <summary>The table of predictions that <c>evaluate</c> writes: one row for each window, in the order of the shards.</summary>
internal static class WindowPredictions
{
    private static readonly TableColumn<WindowScore>[] Columns =
    [
        TableColumn<WindowScore>.Text("recording_id", score => score.RecordingId),
        TableColumn<WindowScore>.Whole("start", score => score.Start),
        TableColumn<WindowScore>.Text("label", score => score.Label?.ToString()),
        TableColumn<WindowScore>.Whole("class", score => score.Class),
        TableColumn<WindowScore>.Number("probability", score => score.Probability),
    ];

    /// <summary>Writes the file, as a whole or not at all.</summary>
    public static void Save(IEnumerable<WindowScore> scores, string path) => TableFile.Write(path, Columns, scores);
}
