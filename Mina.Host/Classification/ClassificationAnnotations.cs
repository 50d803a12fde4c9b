using Mina.Model;
using Mina.Preprocess;
using Mina.Preprocess.Beats;
using Mina.Streaming.Files;
using Mina.Streaming.Recordings.Formats.Wfdb;

namespace Mina.Host.Classification;

/// <summary>A classified recording as WFDB annotations: its beats, normal and ventricular, and where AF begins and ends.</summary>
public static class ClassificationAnnotations
{
    /// <summary>The extension in WFDB of annotations that a program made and nobody checked.</summary>
    public const string Extension = ".qrs";

    /// <summary>Writes the annotations of a recording, as a whole or not at all, and makes the folder if it is missing.</summary>
    /// <param name="classified">The recording's classification.</param>
    /// <param name="folder">The folder of the file, which has the recording's id as its name.</param>
    public static void Save(ClassifiedRecording classified, string folder) =>
        WholeFile.Write(Path.Combine(folder, classified.Id + Extension), WfdbAnnotations.Encode(From(classified)));

    /// <summary>Returns the annotations in order of time, in samples of the recording.</summary>
    /// <param name="classified">The recording's classification.</param>
    public static IReadOnlyList<WfdbAnnotation> From(ClassifiedRecording classified)
    {
        var marks = new List<WfdbAnnotation>();
        foreach (var episode in classified.Episodes)
        {
            marks.Add(new WfdbAnnotation(SampleAt(episode.StartSeconds), WfdbAnnotation.Rhythm, "(AFIB"));
            marks.Add(new WfdbAnnotation(SampleAt(episode.EndSeconds), WfdbAnnotation.Rhythm, "(N"));
        }

        // Before the first AF the rhythm is not AF; without this, a reader could not tell "no AF" from "not judged".
        if (marks.Count == 0 || marks[0].Sample > 0)
            marks.Insert(0, new WfdbAnnotation(0, WfdbAnnotation.Rhythm, "(N"));
        var resolution = WfdbAnnotations.ResolutionNote(classified.Fs);
        var found = classified.Beats.Select(beat => new WfdbAnnotation(
            SampleAt((double)beat.Sample / Shapes.Fs), beat.Kind == BeatKind.Ectopic ? WfdbAnnotation.Ventricular : WfdbAnnotation.Normal, ""));
        // The sort is stable: where a rhythm and a beat share a sample, the rhythm comes first.
        return [resolution, .. marks.Concat(found).OrderBy(mark => mark.Sample)];

        long SampleAt(double seconds) => (long)Math.Round(seconds * classified.Fs);
    }
}
