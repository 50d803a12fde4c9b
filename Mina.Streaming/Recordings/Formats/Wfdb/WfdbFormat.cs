using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Mina.Preprocess;

namespace Mina.Streaming.Recordings.Formats.Wfdb;

/// <summary>WFDB, PhysioNet's format: a header, the signal files that it names, and annotation files, side by side.</summary>
internal sealed class WfdbFormat : IRecordingFormat
{
    private const string Header = ".hea";
    private const string Matlab = ".mat";

    // As MIMIC and the programs that made it name segments and layouts. Headers are only looked into where a folder has such names.
    private static readonly Regex SegmentName = new(@"_(?:layout|\d{4,6})\.hea$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking);

    /// <summary>The numbers of the storage formats that are read, for messages.</summary>
    internal static string StorageFormats { get; } = string.Join(", ", WfdbCodec.All.Select(codec => codec.Format).Concat(WfdbFlacReader.StorageFormats));

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
        string text;
        try
        {
            text = HeaderOf(files);
        }
        catch (IOException e)
        {
            return files.Reject(RejectionReason.UnreadableHeader, $"{files.Location} cannot be read: {OneLine(e)}");
        }

        if (WfdbMaster.IsMaster(text)) return WfdbSegments.Open(files, text, options);
        if (!WfdbHeader.TryParse(text, out var header, out var error))
            return files.Reject(RejectionReason.UnreadableHeader, $"{files.Location} is not a usable WFDB header: {error}");
        if (header.IsLayout)
        {
            return files.Reject(
                RejectionReason.UnreadableHeader,
                $"{files.Location} is the layout of a multi-segment record and has no samples: name the header that lists the segments");
        }

        if (!LeadChoice.TryChoose([.. header.Signals.Select(s => (s.Description, s.Units))], options.Lead, out var lead, out error))
            return files.Reject(RejectionReason.UnreadableSignal, $"{files.Location} {error}");
        return OpenSignal(files, files.Location, header, lead);
    }

    /// <summary>Opens a signal of a header beside, or of, a recording's main file.</summary>
    /// <param name="files">The recording.</param>
    /// <param name="location">The header, for messages.</param>
    /// <param name="header">What it says.</param>
    /// <param name="lead">The signal's index.</param>
    internal static OpenOutcome OpenSignal(RecordingFiles files, string location, WfdbHeader header, int lead)
    {
        var name = header.Signals[lead].FileName;
        var file = files.LocationOf(name);
        try
        {
            if (files.BytesOf(name) is null)
            {
                return files.Reject(
                    RejectionReason.UnreadableSignal, $"{location} names the signal file {name}, which is not there: put it beside the header");
            }

            Func<(Stream File, long Bytes)> open = () => (files.OpenRead(name, out var bytes), bytes);
            var isFlac = WfdbFlacReader.Reads(header.Signals[lead].Format);
            return (isFlac ? WfdbFlacReader.TryOpen(header, lead, open, out var reader, out var fault)
                : WfdbRecordingReader.TryOpen(header, lead, open, out reader, out fault))
                ? reader
                : files.Reject(fault.Reason, $"{file} {fault.Message}");
        }
        catch (IOException e)
        {
            return files.Reject(RejectionReason.UnreadableSignal, $"{file} cannot be read: {OneLine(e)}");
        }
    }

    /// <inheritdoc/>
    public GrowingReader Follow(string path, ReadOptions options) => new WfdbGrowingReader(path, options);

    /// <inheritdoc/>
    public IReadOnlyList<RhythmSpan>? ReadRhythms(RecordingFiles files, string annotator) =>
        ReadAnnotations(files, annotator) is { } annotations ? WfdbAnnotations.Rhythms(annotations.List, annotations.Fs) : null;

    /// <summary>The annotations beside a record, and how many of their ticks there are in a second; null where there are none.</summary>
    /// <exception cref="ProblemException">They cannot be read.</exception>
    internal static (IReadOnlyList<WfdbAnnotation> List, double Fs)? ReadAnnotations(RecordingFiles files, string annotator)
    {
        var name = files.NameWith(annotator);
        if (files.BytesOf(name) is null) return null;
        try
        {
            var fs = WfdbHeader.FsOf(HeaderOf(files))
                ?? throw new ProblemException($"{files.Location} is not a usable WFDB header: it has no record line");
            var list = WfdbAnnotations.Decode(files.ReadAll(name, WfdbAnnotations.MaxBytes));
            return (list, WfdbAnnotations.ResolutionOf(list) ?? fs);
        }
        catch (IOException e)
        {
            throw new ProblemException($"{files.LocationOf(name)} cannot be read: {OneLine(e)}", e);
        }
    }

    /// <inheritdoc/>
    public bool? IsComplete(RecordingFiles files)
    {
        if (!TryReadHeader(files, out var header, out _))
        {
            // Segments are found to be whole when the record is opened.
            var names = SignalFiles(files);
            return names.Count > 0 && names.Any(name => files.BytesOf(name) is null) ? false : null;
        }

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
    public IReadOnlyList<string> SignalFiles(RecordingFiles files)
    {
        var text = HeaderOf(files);
        if (WfdbHeader.TryParse(text, out var header, out _)) return SignalFiles(header);
        if (!WfdbMaster.TryParse(text, out var master, out _)) return [];
        var headers = master.Records.Select(record => record + Header).ToList();
        var parsed = headers.Where(name => files.BytesOf(name) is not null)
            .Select(name => WfdbHeader.TryParse(TextOf(files.ReadAll(name)), out var segment, out _) ? segment.Below(name) : null);
        return [.. headers, .. parsed.OfType<WfdbHeader>().Where(segment => !segment.IsLayout).SelectMany(SignalFiles).Distinct()];
    }

    /// <inheritdoc/>
    public bool MayHaveParts(IReadOnlyList<string> names) => names.Any(name => SegmentName.IsMatch(name));

    /// <inheritdoc/>
    public IReadOnlyList<string> PartsOf(RecordingFiles files) =>
        !SegmentName.IsMatch(files.Name) && WfdbMaster.TryParse(HeaderOf(files), out var master, out _)
            ? [.. master.Records.Select(record => record + Header)]
            : [];

    /// <summary>A .dat file may be anything, so it should have had a header only where the user named it.</summary>
    public string? DescribeOrphan(string name, bool named) =>
        named || RecordingFormats.Has(name, [Matlab]) ? $"has no header: put {Path.GetFileNameWithoutExtension(name)}{Header} beside it" : null;

    private static IReadOnlyList<string> SignalFiles(WfdbHeader header) => [.. header.Signals.Select(s => s.FileName).Distinct()];

    private static bool TryReadHeader(RecordingFiles files, [NotNullWhen(true)] out WfdbHeader? header, [NotNullWhen(false)] out string? error) =>
        WfdbHeader.TryParse(HeaderOf(files), out header, out error);

    /// <summary>The main header's text. A record that its line names with folders (<c>a/b/100</c>) has its bare name.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    private static string HeaderOf(RecordingFiles files)
    {
        var text = TextOf(files.ReadAll());
        var ending = "/" + Path.GetFileNameWithoutExtension(files.Name);
        foreach (var line in text.Split(WfdbHeader.LineEnds, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == '#') continue;
            var name = line.Split((char[]?)null, 2)[0];
            var at = name.LastIndexOf(ending, StringComparison.Ordinal);
            return at < 0 || (at + ending.Length < name.Length && name[at + ending.Length] != '/')
                ? text
                : text.Remove(text.IndexOf(name, StringComparison.Ordinal), at + 1);
        }

        return text;
    }

    // Older recorders write Latin-1, where 0xB5 is the micro sign of their units.
    internal static string TextOf(byte[] header) => Utf8.IsValid(header) ? Encoding.UTF8.GetString(header) : Encoding.Latin1.GetString(header);

    internal static string OneLine(IOException e) => e.Message.ReplaceLineEndings(" ");
}
