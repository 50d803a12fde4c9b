using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Labels;

namespace Mina.Host.Commands;

/// <summary>Reads the labelled recordings of <c>evaluate --strips</c> and <c>train-recordings</c>.</summary>
internal static class LabelledRecordings
{
    /// <summary>The labels of a folder's recordings.</summary>
    /// <param name="folder">The recordings.</param>
    /// <param name="path">Their path, for the message.</param>
    /// <param name="file">The label file that was named; null for the one beside the recordings.</param>
    /// <exception cref="ProblemException">There is no label file, or it cannot be read.</exception>
    public static LabelTable LabelsOf(RecordingFolder folder, string path, string? file) =>
        (file is null ? folder.FindLabels() : LabelTable.Load(file))
        ?? throw new ProblemException($"{path} has no label file beside its recordings: name one with --labels.");

    /// <summary>Reads a recording and its label.</summary>
    /// <exception cref="ProblemException">It has no label, or it is rejected.</exception>
    public static (Recording Recording, Label Label) Read(RecordingEntry entry, LabelTable labels)
    {
        if (labels.Find(entry.Id) is not { } label)
            throw new ProblemException($"{entry.Location} has no label in {labels.Source}.");
        var (recording, rejection) = entry.Read(new ReadOptions());
        return recording is null ? throw new ProblemException(rejection!.Message) : (recording, label);
    }
}
