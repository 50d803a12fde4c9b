using Mina.Preprocess;
using Mina.Preprocess.Beats;
using Mina.Streaming.Files;

namespace Mina.Streaming.Recordings.Formats.Wfdb;

/// <summary>A record of which only annotations are kept: its beats and rhythms.</summary>
/// <param name="Id">The header's file name without extension.</param>
/// <param name="Folder">Name of the folder that it lies in.</param>
/// <param name="Location">The header's path, for messages.</param>
/// <param name="Beats">At 300 Hz, in order of time.</param>
/// <param name="Rhythms">In order of time.</param>
public sealed record AnnotatedBeats(string Id, string Folder, string Location, IReadOnlyList<Beat> Beats, IReadOnlyList<RhythmSpan> Rhythms);

/// <summary>Beats of annotation files, for what learns from intervals and needs no signal.</summary>
public static class WfdbBeats
{
    private const int Unclassified = 13;

    // A longer one is a gap in the annotations: no interval spans it.
    private const long MaxInterval = 5 * Shapes.Fs;

    // Annotations do not say how alike two beats are; these are about what BeatDetector finds of each kind.
    private const float NormalCorrelation = 0.98f;
    private const float EctopicCorrelation = 0.4f;

    /// <summary>
    /// The beats that annotations name: normal, atrial premature, ventricular premature (ectopic) and unclassified ones. Where two fall on
    /// one sample at 300 Hz, the first counts. There are no P waves.
    /// </summary>
    /// <param name="annotations">In order of time.</param>
    /// <param name="fs">Ticks a second, in Hz.</param>
    public static IReadOnlyList<Beat> BeatsOf(IReadOnlyList<WfdbAnnotation> annotations, double fs)
    {
        var beats = new List<Beat>();
        long? last = null;
        foreach (var annotation in annotations)
        {
            if (annotation.Code is not (WfdbAnnotation.Normal or WfdbAnnotation.Atrial or WfdbAnnotation.Ventricular or Unclassified))
                continue;
            var sample = (long)Math.Round(annotation.Sample / fs * Shapes.Fs);
            if (sample <= last)
                continue;
            var interval = sample - last is { } since and < MaxInterval ? (int)since : 0;
            var isEctopic = annotation.Code == WfdbAnnotation.Ventricular;
            beats.Add(new Beat(
                sample, interval, isEctopic ? BeatKind.Ectopic : BeatKind.Normal, 1, 1, isEctopic ? EctopicCorrelation : NormalCorrelation, null));
            last = sample;
        }

        return beats;
    }

    /// <summary>
    /// Reads every record of a folder and its subfolders: a header (<c>.hea</c>), rhythms (<c>.atr</c>), and beats (<c>.qrs</c> where it is
    /// there, else <c>.atr</c>). Records are in order of their paths, and each is read when its turn comes.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ProblemException">There is no such folder, it holds no header, or a record cannot be read or has no beats.</exception>
    public static IEnumerable<AnnotatedBeats> ReadFolder(string folder)
    {
        if (!Directory.Exists(folder))
            throw new ProblemException($"{folder} is not there: give a folder of WFDB annotations (.hea with .atr).");
        var headers = Directory.GetFiles(folder, "*.hea", SearchOption.AllDirectories);
        if (headers.Length == 0)
            throw new ProblemException($"{folder} holds no WFDB headers (.hea), so there are no annotated beats to read.");
        Array.Sort(headers, StringComparer.Ordinal);
        return headers.Select(Read);
    }

    private static AnnotatedBeats Read(string header)
    {
        var fs = WfdbHeader.FsOf(TextOf(header)) ?? throw new ProblemException($"{header} is not a usable WFDB header: it has no record line.");
        var rhythms = AnnotationsOf(Path.ChangeExtension(header, ".atr"))
            ?? throw new ProblemException($"{header} has no annotations (.atr) beside it, so its rhythms are not known.");
        var beats = BeatsOf(AnnotationsOf(Path.ChangeExtension(header, ".qrs")) ?? rhythms, fs);
        if (beats.Count == 0)
            throw new ProblemException($"{header} has no annotated beats beside it, neither in .qrs nor in .atr.");
        var folder = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(header))) ?? "";
        return new AnnotatedBeats(Path.GetFileNameWithoutExtension(header), folder, header, beats, WfdbAnnotations.Rhythms(rhythms, fs));
    }

    private static IReadOnlyList<WfdbAnnotation>? AnnotationsOf(string path) =>
        File.Exists(path) ? Guarded(path, () => WfdbAnnotations.Decode(PlainFile.ReadAllBytes(path, WfdbAnnotations.MaxBytes))) : null;

    private static string TextOf(string path) => Guarded(path, () => PlainFile.ReadAllText(path, RecordingFiles.MaxHeaderBytes));

    private static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"{path} cannot be read ({e.Message.TrimEnd('.')}): check its permissions.", e);
        }
    }
}
