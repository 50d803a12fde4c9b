using Mina.Host.Shell;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats.Wfdb;

namespace Mina.Host.Commands;

/// <summary>Reads the recordings that <c>train-rhythm</c> learns from.</summary>
/// <param name="folders">Folders of recordings with rhythm annotations.</param>
/// <param name="beatFolders">Folders of records that have annotations and no signal.</param>
/// <param name="persons">A table of persons or a folder of tables; null for the tables beside the recordings.</param>
/// <param name="detector">The network whose probabilities the level is to read.</param>
internal sealed class RhythmTrainingSource(string[] folders, string[] beatFolders, string? persons, Detector detector)
{
    private readonly List<string> _failures = [];

    /// <summary>The network.</summary>
    public Detector Detector => detector;

    /// <summary>One sentence for each recording that could not be used.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>Reads and classifies all recordings, then takes excerpts of the records without signal.</summary>
    /// <exception cref="ProblemException">A folder holds no recordings, or a table of persons has a bad line.</exception>
    public IReadOnlyList<RhythmRecording> Read(Action<ProgressState> report, CancellationToken stop)
    {
        var read = new List<RhythmRecording>();
        foreach (var path in folders)
        {
            using var folder = RecordingFolder.Open(path);
            var set = PersonTables.SetOf(path);
            var table = PersonTables.Find(persons, path);
            var done = 0;
            foreach (var entry in folder.Entries)
            {
                stop.ThrowIfCancellationRequested();
                try
                {
                    var annotated = Annotated(entry);
                    // A recording of an unknown person might be judged by a model that has learned from that person.
                    if ((table?.Find(entry.Id) ?? annotated.Recording.Group) is { } person)
                        read.Add(RhythmLevelTraining.RecordingOf(detector, set, person, annotated));
                    else
                        _failures.Add($"{entry.Location} has no known person: name it in --persons.");
                }
                catch (ProblemException e)
                {
                    // One bad recording does not stop the rest.
                    _failures.Add(e.Message);
                }

                report(new ProgressState(++done, folder.Entries.Count, $"{done}/{folder.Entries.Count} recordings of {set}"));
            }
        }

        foreach (var path in beatFolders)
        {
            foreach (var record in WfdbBeats.ReadFolder(path))
            {
                stop.ThrowIfCancellationRequested();
                // Other data sets name these people in this way, so that no model learns from a person whom it is to judge.
                var person = PersonTables.InFolder(persons, record.Folder)?.Find(record.Id) ?? $"{record.Folder}-{record.Id}";
                read.AddRange(RhythmLevelTraining.ExcerptsOf(record.Folder, record.Id, person, record.Beats, record.Rhythms));
                report(new ProgressState(0, 0, $"excerpts of {record.Folder}/{record.Id}"));
            }
        }

        return read;
    }

    /// <exception cref="ProblemException">The recording or its annotations cannot be read.</exception>
    private static AnnotatedRecording Annotated(RecordingEntry entry)
    {
        var rhythms = entry.ReadRhythms()
            ?? throw new ProblemException($"{entry.Location} has no annotations (.atr) beside it, so there is nothing to learn from it.");
        var (recording, rejection) = entry.Read(new ReadOptions());
        return new AnnotatedRecording(recording ?? throw new ProblemException(rejection!.Message), rhythms, entry.Location);
    }
}
