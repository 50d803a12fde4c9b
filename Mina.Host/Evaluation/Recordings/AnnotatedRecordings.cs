using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Mina.Host.Scoring;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Conversion;
using Mina.Streaming.Recordings.Formats.Wfdb;
using Mina.Streaming.Recordings.Labels;

namespace Mina.Host.Evaluation.Recordings;

/// <summary>Reads the recordings of <c>evaluate --recordings</c>, and remembers their hash, persons and CPSC annotations for the report.</summary>
/// <param name="read">The options for reading recordings.</param>
/// <param name="persons">The table of persons; null where only the headers name them.</param>
internal sealed class AnnotatedRecordings(ReadOptions read, GroupTable? persons) : IDisposable
{
    private const string Annotator = "atr";

    private readonly DataHash _hash = new();
    private readonly Dictionary<string, string> _persons = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RecordAnnotations> _cpsc = new(StringComparer.Ordinal);

    /// <summary>The hash of the recordings read so far, each by the samples of its lead (as 32-bit floats) and its rhythms.</summary>
    public string Hash => _hash.Current;

    /// <summary>Reads a recording and its rhythms.</summary>
    /// <exception cref="ProblemException">The recording or its annotations cannot be read.</exception>
    public AnnotatedRecording Read(RecordingEntry entry)
    {
        var rhythms = entry.ReadRhythms(Annotator)
            ?? throw new ProblemException($"{entry.Location} has no annotations (.atr) beside it, so there is nothing to compare it with.");
        var (recording, rejection) = entry.Read(read);
        if (recording is null)
            throw new ProblemException(rejection!.Message);
        _hash.Add(recording.Id, MemoryMarshal.AsBytes<float>(recording.Samples));
        _hash.Add(recording.Id, Encoding.UTF8.GetBytes(string.Concat(rhythms.Select(
            r => string.Create(CultureInfo.InvariantCulture, $"{r.Rhythm},{r.StartSeconds},{r.EndSeconds}\n")))));
        if ((persons?.Find(recording.Id) ?? recording.Group) is { } person)
            _persons[recording.Id] = person;
        // The challenge's score needs beats and the header's comments, which a zip does not give.
        if (File.Exists(entry.Location) && Path.GetExtension(entry.Location) == RecordingConverter.ExtensionOf(ConversionFormat.Wfdb))
        {
            var annotations = ReferenceRecord.Read(WfdbAnnotationFolder.Open(entry.Location, Annotator), recording.Id, window: 0).Annotations;
            if (annotations.Cpsc is not null)
                _cpsc[recording.Id] = annotations;
        }

        return new AnnotatedRecording(recording, rhythms, entry.Location);
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    /// <summary>The person whose recording it is; null where the person is not known.</summary>
    public string? PersonOf(ClassifiedRecording recording) => _persons.GetValueOrDefault(recording.Id);

    /// <summary>The keys by which a model may know a recording.</summary>
    public string[] KeysOf(ClassifiedRecording recording) => _persons.TryGetValue(recording.Id, out var person)
        ? [TrainedOn.Recording(recording.Id), TrainedOn.Recording(recording.Id, recording.DurationSeconds), TrainedOn.Person(person)]
        : [TrainedOn.Recording(recording.Id), TrainedOn.Recording(recording.Id, recording.DurationSeconds)];

    /// <summary>A recording's score by the rule of CPSC 2021, for episodes of any length; null where it is not a recording of that challenge.</summary>
    public CpscScore? CpscScoreOf(ComparedRecording compared) =>
        _cpsc.TryGetValue(compared.Recording.Id, out var annotations) && annotations.Cpsc is { } reference
            ? CpscScores.Score(reference, Model.Scoring.CpscEpisodes(annotations.TicksPerSecond, reference.Length, compared.AnyLength))
            : null;
}
