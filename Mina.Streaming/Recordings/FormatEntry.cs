using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats;
using Mina.Streaming.Recordings.Formats.Wfdb;

namespace Mina.Streaming.Recordings;

/// <summary>A recording in files of one of the formats. The files may still be being written.</summary>
/// <param name="format">The files' format.</param>
/// <param name="files">The recording's files.</param>
/// <param name="companionBytes">Bytes of its companion files.</param>
internal sealed class FormatEntry(IRecordingFormat format, RecordingFiles files, long companionBytes) : RecordingEntry
{
    /// <inheritdoc/>
    public override string Id { get; } = files.Id;

    /// <inheritdoc/>
    public override string Location => files.Location;

    /// <inheritdoc/>
    public override long Bytes => companionBytes > long.MaxValue - files.Bytes ? long.MaxValue : files.Bytes + companionBytes;

    /// <inheritdoc/>
    public override OpenOutcome Open(ReadOptions options)
    {
        try
        {
            return format.Open(files, options);
        }
        catch (IOException e)
        {
            return Unreadable(e);
        }
    }

    /// <inheritdoc/>
    public override ReadOutcome Read(ReadOptions options)
    {
        var (opened, rejection) = Open(options);
        if (opened is null) return rejection!;
        using (opened)
            return ReadWhole(opened);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<RhythmSpan>? ReadRhythms(string annotator = "atr")
    {
        var own = format.ReadRhythms(files, annotator);
        return own is { Count: > 0 } || format is WfdbFormat ? own : Beside(annotator) ?? own;
    }

    /// <summary>All annotations of a WFDB record, and how many of their ticks there are in a second; null where it has none or is of another format.</summary>
    /// <exception cref="ProblemException">There are annotations, but they cannot be read.</exception>
    internal (IReadOnlyList<WfdbAnnotation> List, double Fs)? ReadWfdbAnnotations(string annotator) =>
        format is WfdbFormat ? WfdbFormat.ReadAnnotations(files, annotator) : null;

    /// <inheritdoc/>
    internal override RecordingEntry ByPath() => new FormatEntry(format, files.ByPath(), companionBytes);

    /// <summary>Whether everything is there; null when the files do not tell (see <see cref="IRecordingFormat.IsComplete"/>).</summary>
    public bool? IsComplete()
    {
        try
        {
            return format.IsComplete(files);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>A number that changes whenever one of the recording's files does.</summary>
    public long Stamp()
    {
        try
        {
            return files.StampOf(format.SignalFiles(files));
        }
        catch (IOException)
        {
            return -1;
        }
    }

    // WFDB's annotations may lie beside a recording of any format, where they say themselves how many ticks there are in a second.
    private IReadOnlyList<RhythmSpan>? Beside(string annotator)
    {
        var name = files.NameWith(annotator);
        if (files.BytesOf(name) is null) return null;
        try
        {
            var annotations = WfdbAnnotations.Decode(files.ReadAll(name, WfdbAnnotations.MaxBytes));
            return WfdbAnnotations.ResolutionOf(annotations) is { } fs ? WfdbAnnotations.Rhythms(annotations, fs) : null;
        }
        catch (IOException e)
        {
            throw new ProblemException($"{files.LocationOf(name)} cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }
}
