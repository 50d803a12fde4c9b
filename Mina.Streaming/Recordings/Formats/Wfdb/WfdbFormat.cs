using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using Mina.Preprocess;

namespace Mina.Streaming.Recordings.Formats.Wfdb;

/// <summary>WFDB, PhysioNet's format: a header, the signal files that it names, and annotation files, side by side.</summary>
internal sealed class WfdbFormat : IRecordingFormat
{
    private const string Header = ".hea";
    private const string Matlab = ".mat";

    /// <inheritdoc/>
    public string Files => "WFDB files (.hea with .mat or .dat)";

    /// <inheritdoc/>
    public string MainFile => "a WFDB header (.hea)";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [Header];

    /// <inheritdoc/>
    public IReadOnlyList<string> CompanionExtensions { get; } = [Matlab, ".dat"];

    /// <inheritdoc/>
    public bool CanFollow => true;

    /// <inheritdoc/>
    public OpenOutcome Open(RecordingFiles files, ReadOptions options)
    {
        WfdbHeader? header;
        string? error;
        try
        {
            if (!TryReadHeader(files, out header, out error))
                return files.Reject(RejectionReason.UnreadableHeader, $"{files.Location} is not a usable WFDB header: {error}");
        }
        catch (IOException e)
        {
            return files.Reject(RejectionReason.UnreadableHeader, $"{files.Location} cannot be read: {OneLine(e)}");
        }

        if (!LeadChoice.TryChoose([.. header.Signals.Select(s => (s.Description, s.Units))], options.Lead, out var lead, out error))
            return files.Reject(RejectionReason.UnreadableSignal, $"{files.Location} {error}");
        var name = header.Signals[lead].FileName;
        var location = files.LocationOf(name);
        try
        {
            if (files.BytesOf(name) is null)
            {
                return files.Reject(
                    RejectionReason.UnreadableSignal, $"{files.Location} names the signal file {name}, which is not there: put it beside the header");
            }

            return WfdbRecordingReader.TryOpen(header, lead, () => (files.OpenRead(name, out var bytes), bytes), out var reader, out var fault)
                ? reader
                : files.Reject(fault.Reason, $"{location} {fault.Message}");
        }
        catch (IOException e)
        {
            return files.Reject(RejectionReason.UnreadableSignal, $"{location} cannot be read: {OneLine(e)}");
        }
    }

    /// <inheritdoc/>
    public GrowingReader Follow(string path, ReadOptions options) => new WfdbGrowingReader(path, options);

    /// <inheritdoc/>
    public IReadOnlyList<RhythmSpan>? ReadRhythms(RecordingFiles files, string annotator)
    {
        var name = files.NameWith(annotator);
        if (files.BytesOf(name) is null) return null;
        try
        {
            if (!TryReadHeader(files, out var header, out var error))
                throw new ProblemException($"{files.Location} is not a usable WFDB header: {error}");
            return WfdbAnnotations.Rhythms(WfdbAnnotations.Decode(files.ReadAll(name, WfdbAnnotations.MaxBytes)), header.Fs);
        }
        catch (IOException e)
        {
            throw new ProblemException($"{files.LocationOf(name)} cannot be read: {OneLine(e)}", e);
        }
    }

    /// <inheritdoc/>
    public bool? IsComplete(RecordingFiles files)
    {
        if (!TryReadHeader(files, out var header, out _)) return null;
        if (SignalFiles(header).Any(name => files.BytesOf(name) is null)) return false;
        for (var i = 0; i < header.Signals.Count; i++)
        {
            var spec = header.Signals[i];
            if (header.Length is not { } length || WfdbCodec.Find(spec.Format) is not { } codec) return null;
            if (!(files.BytesOf(spec.FileName) >= spec.ByteOffset + new WfdbSignal(header, i, codec).BytesOf(length))) return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> SignalFiles(RecordingFiles files) => TryReadHeader(files, out var header, out _) ? SignalFiles(header) : [];

    /// <summary>A .dat file may be anything, so it should have had a header only where the user named it.</summary>
    public string? DescribeOrphan(string name, bool named) =>
        named || RecordingFormats.Has(name, [Matlab]) ? $"has no header: put {Path.GetFileNameWithoutExtension(name)}{Header} beside it" : null;

    private static IReadOnlyList<string> SignalFiles(WfdbHeader header) => [.. header.Signals.Select(s => s.FileName).Distinct()];

    private static bool TryReadHeader(RecordingFiles files, [NotNullWhen(true)] out WfdbHeader? header, [NotNullWhen(false)] out string? error) =>
        WfdbHeader.TryParse(TextOf(files.ReadAll()), out header, out error);

    // Older recorders write Latin-1, where 0xB5 is the micro sign of their units.
    private static string TextOf(byte[] header) => Utf8.IsValid(header) ? Encoding.UTF8.GetString(header) : Encoding.Latin1.GetString(header);

    private static string OneLine(IOException e) => e.Message.ReplaceLineEndings(" ");
}
