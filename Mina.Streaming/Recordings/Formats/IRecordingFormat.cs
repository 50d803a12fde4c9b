using Mina.Preprocess;

namespace Mina.Streaming.Recordings.Formats;

/// <summary>
/// A file format of recordings: which files it knows, and how they are read. Each format has a folder of its own and is listed in
/// <see cref="RecordingFormats.All"/>; nothing else names it. docs/adding-a-format.md gives the steps.
/// </summary>
/// <remarks>
/// A recording has one main file, by which it is found and named, and may have others beside it. A format holds no state, so that any
/// thread may use it. Members with a default are for formats that can do more than be read.
/// </remarks>
public interface IRecordingFormat
{
    /// <summary>The format's files, for messages: <c>WFDB files (.hea with .mat or .dat)</c>.</summary>
    string Files { get; }

    /// <summary>A recording's main file, for messages: <c>a WFDB header (.hea)</c>.</summary>
    string MainFile { get; }

    /// <summary>Extensions of main files, in lower case: <c>.hea</c>. Formats may share one; then the signature decides.</summary>
    IReadOnlyList<string> Extensions { get; }

    /// <summary>Whether a file with one of the extensions is a recording only where it has the signature too: of XML there is every kind.</summary>
    bool NeedsSignature => false;

    /// <summary>
    /// Extensions of files that belong to the main file of the same name, and so are no recordings of their own where it is there: <c>.dat</c>.
    /// </summary>
    IReadOnlyList<string> CompanionExtensions => [];

    /// <summary>How many of a file's first bytes <see cref="HasSignature"/> needs; 0 where the format cannot be told by them.</summary>
    int SignatureBytes => 0;

    /// <summary>Whether a file whose name does not tell its format is of this one.</summary>
    /// <param name="start">The file's first <see cref="SignatureBytes"/> bytes, or all of a shorter file.</param>
    bool HasSignature(ReadOnlySpan<byte> start) => false;

    /// <summary>
    /// Opens a recording: reads what comes before the samples, checks all that can be checked, and chooses the lead
    /// (<see cref="LeadChoice"/>).
    /// </summary>
    /// <param name="files">The recording's files.</param>
    /// <param name="options">The lead, and the sampling frequency of files that do not say it.</param>
    /// <returns>A reader, or why the recording cannot be used. Bad input is never an exception, except an <see cref="IOException"/>.</returns>
    /// <exception cref="IOException">A file cannot be read; the caller makes that a rejection.</exception>
    OpenOutcome Open(RecordingFiles files, ReadOptions options);

    /// <summary>Whether <see cref="Follow"/> can read a recording that is still being written.</summary>
    bool CanFollow => false;

    /// <summary>Follows a recording that another program is writing.</summary>
    /// <param name="path">The main file, on disk; it need not be there yet.</param>
    /// <param name="options">As for <see cref="Open"/>.</param>
    /// <exception cref="NotSupportedException">The format cannot be followed.</exception>
    GrowingReader Follow(string path, ReadOptions options) => throw new NotSupportedException($"{Files} cannot be followed");

    /// <summary>The rhythms that are annotated in the recording or beside it; null when there are no annotations.</summary>
    /// <param name="files">The recording's files.</param>
    /// <param name="annotator">Which annotations, where the format keeps several sets; WFDB's are files with that extension.</param>
    /// <exception cref="ProblemException">There are annotations, but they cannot be read.</exception>
    IReadOnlyList<RhythmSpan>? ReadRhythms(RecordingFiles files, string annotator) => null;

    /// <summary>
    /// Whether all of the recording's files are there and as large as they will be. True: yes. False: something is missing. Null: the files
    /// do not tell, so that only waiting shows whether they still change.
    /// </summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    bool? IsComplete(RecordingFiles files) => null;

    /// <summary>Names of the files beside the main file that this recording's samples lie in, whether they are there or not.</summary>
    /// <exception cref="IOException">The main file cannot be read.</exception>
    IReadOnlyList<string> SignalFiles(RecordingFiles files) => [];

    /// <summary>Whether main files of these names, of one folder, may be parts of others (<see cref="PartsOf"/>).</summary>
    /// <param name="names">Names of main files.</param>
    bool MayHaveParts(IReadOnlyList<string> names) => false;

    /// <summary>Names of main files beside this one that are parts of this recording, and no recordings of their own.</summary>
    /// <exception cref="IOException">The main file cannot be read.</exception>
    IReadOnlyList<string> PartsOf(RecordingFiles files) => [];

    /// <summary>What to say of a companion file whose main file is missing; null where it is to be passed over.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="named">The user named this very file, rather than a folder that holds it.</param>
    /// <returns>The rest of a sentence that begins with the file's location: <c>has no header: put a.hea beside it</c>.</returns>
    string? DescribeOrphan(string name, bool named) => null;
}
