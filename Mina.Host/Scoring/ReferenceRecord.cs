using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats.Wfdb;

namespace Mina.Host.Scoring;

/// <summary>A record of the reference, in whose ticks the times of other files are compared.</summary>
/// <param name="Name">The name in the folder.</param>
/// <param name="Fs">The number of ticks in a second.</param>
/// <param name="Window">The largest number of ticks between two marks of the same beat.</param>
/// <param name="Annotations">The annotations of the reference.</param>
/// <param name="Bytes">The bytes of the file.</param>
internal sealed record ReferenceRecord(string Name, double Fs, long Window, RecordAnnotations Annotations, byte[] Bytes)
{
    /// <summary>Reads a record.</summary>
    /// <param name="folder">The folder of the reference.</param>
    /// <param name="name">The record's name there.</param>
    /// <param name="window">The largest number of seconds between two marks of the same beat.</param>
    /// <exception cref="ProblemException">The record cannot be read, or its sampling frequency is not known.</exception>
    public static ReferenceRecord Read(WfdbAnnotationFolder folder, string name, double window)
    {
        var file = folder.Read(name);
        var fs = file.Fs
            ?? throw new ProblemException($"{file.Location} has no header (.hea) beside it, so the times of its annotations are not known.");
        var ticks = (long)Math.Round(window * fs, MidpointRounding.AwayFromZero);
        // Without a length in the header, the record ends with its last annotation.
        var seconds = file.Seconds ?? (file.Annotations.Count > 0 ? file.Annotations[^1].Sample / fs : 0);
        var annotations = new RecordAnnotations(
            file.Id,
            seconds,
            fs,
            Ec57.MarksOf(file.Annotations, 1, ticks),
            RhythmsOf(file.Annotations, fs),
            Ec57.IsPaced(file.Annotations),
            CpscOf(file, fs, seconds));
        return new ReferenceRecord(name, fs, ticks, annotations, file.Bytes);
    }

    /// <summary>The rhythms that annotations name; null where they name none.</summary>
    public static IReadOnlyList<RhythmSpan>? RhythmsOf(IReadOnlyList<WfdbAnnotation> annotations, double fs) =>
        WfdbAnnotations.Rhythms(annotations, fs) is { Count: > 0 } rhythms ? rhythms : null;

    /// <summary>The detector's annotations of this record, from its rhythms and, where it has them, its beats.</summary>
    public RecordAnnotations Detected(IReadOnlyList<RhythmSpan>? rhythms, BeatMarks? beats = null) =>
        new(Annotations.Id, Annotations.Seconds, Fs, beats, rhythms, false, null);

    /// <summary>The record as the challenge's score reads it: its class stands in the header, and AF ends with a normal rhythm.</summary>
    private static CpscReference? CpscOf(WfdbAnnotationFile file, double fs, double seconds)
    {
        CpscClass? found = null;
        foreach (var comment in file.Comments)
        {
            found ??= comment.ToUpperInvariant() switch
            {
                "NON ATRIAL FIBRILLATION" => CpscClass.NonAF,
                "PERSISTENT ATRIAL FIBRILLATION" => CpscClass.Persistent,
                "PAROXYSMAL ATRIAL FIBRILLATION" => CpscClass.Paroxysmal,
                _ => null,
            };
        }

        if (found is not { } cpscClass)
            return null;
        var episodes = new List<ValueTuple<int, int>>();
        int? onset = null;
        for (var i = 0; i < file.Annotations.Count; i++)
        {
            var aux = file.Annotations[i].Aux;
            if (aux is "(AFIB" or "(AFL")
            {
                onset ??= i;
            }
            else if (aux == "(N" && onset is { } began)
            {
                episodes.Add((began, i));
                onset = null;
            }
        }

        if (onset is { } open)
            episodes.Add((open, file.Annotations.Count - 1));
        return new CpscReference(cpscClass, [.. file.Annotations.Select(a => a.Sample)], [.. episodes], (long)Math.Round(seconds * fs));
    }
}
