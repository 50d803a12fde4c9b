using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats.Aecg;
using Mina.Streaming.Recordings.Formats.Csv;
using Mina.Streaming.Recordings.Formats.Dicom;
using Mina.Streaming.Recordings.Formats.Edf;
using Mina.Streaming.Recordings.Formats.Ishne;
using Mina.Streaming.Recordings.Formats.Matlab;
using Mina.Streaming.Recordings.Formats.Muse;
using Mina.Streaming.Recordings.Formats.Philips;
using Mina.Streaming.Recordings.Formats.Scp;
using Mina.Streaming.Recordings.Formats.Wfdb;
using Mina.Streaming.Recordings.Sources;

namespace Mina.Streaming.Recordings.Formats;

/// <summary>A list of formats: tells which format a file is of, and words what the list says about file names. Immutable.</summary>
public sealed class RecordingFormats
{
    private readonly IReadOnlyList<IRecordingFormat> _formats;
    private readonly int _signatureBytes;

    /// <summary>Makes a list.</summary>
    /// <param name="formats">Where two formats claim a file, the first has it. At least one.</param>
    public RecordingFormats(IEnumerable<IRecordingFormat> formats)
    {
        _formats = [.. formats];
        ArgumentOutOfRangeException.ThrowIfZero(_formats.Count, nameof(formats));
        _signatureBytes = _formats.Max(format => format.SignatureBytes);
    }

    /// <summary>The formats that Mina reads. A new one is added here.</summary>
    public static RecordingFormats All { get; } = new(
    [
        new WfdbFormat(),
        new CsvFormat(),
        new EdfFormat(),
        new IshneFormat(),
        new MatlabFormat(),
        new DicomFormat(),
        new AecgFormat(),
        new MuseFormat(),
        new PhilipsFormat(),
        new ScpFormat(),
    ]);

    /// <summary>The formats of the list, in their order.</summary>
    public IReadOnlyList<IRecordingFormat> Formats => _formats;

    /// <summary>Extensions of all formats' main files, as a text: <c>.hea or .csv</c>.</summary>
    /// <param name="separator">What stands before the last one; the others are separated by commas.</param>
    public string MainExtensions(string separator = " or ") => Join([.. _formats.SelectMany(format => format.Extensions).Distinct()], separator);

    /// <summary>The main file of a recording that is named without its extension, such as <c>mitdb/100</c>; null where there is none.</summary>
    internal string? MainFileNamed(string path) =>
        _formats.SelectMany(format => format.Extensions).SelectMany(extension => new[] { path + extension, path + extension.ToUpperInvariant() })
            .FirstOrDefault(File.Exists);

    /// <summary>Whether a recording in this file can be followed while it grows, by the file's name.</summary>
    public bool CanFollow(string path) => Followable(path) is not null;

    /// <summary>Follows a recording that another program is writing.</summary>
    /// <param name="path">The recording's main file, which need not be there yet.</param>
    /// <param name="options">The lead, and the sampling frequency of files that do not say it.</param>
    /// <exception cref="ProblemException">No format can follow a file of that name.</exception>
    public GrowingReader Follow(string path, ReadOptions options)
    {
        if (Followable(path) is { } format) return format.Follow(path, options);
        var known = _formats.Where(f => f.CanFollow).Select(f => f.MainFile).ToList();
        var what = known.Count == 1 ? $"not {known[0]}" : $"neither {string.Join(" nor ", known)}";
        throw new ProblemException($"{path} is {what}: name one that is being written");
    }

    /// <summary>All formats' files, for messages: <c>WFDB files (.hea with .mat or .dat), .csv files</c>.</summary>
    internal string Files => string.Join(", ", _formats.Select(format => format.Files));

    /// <summary>A recording's id from how a table names it: without the extension of one of the formats' files.</summary>
    internal string WithoutExtension(string name)
    {
        var extension = _formats.SelectMany(AllExtensions).FirstOrDefault(x => name.Length > x.Length && name.EndsWith(x, StringComparison.OrdinalIgnoreCase));
        return extension is null ? name : name[..^extension.Length];
    }

    /// <summary>Whether a file of that name is a recording's, main file or companion.</summary>
    internal bool Knows(string name) => _formats.Any(format => Has(name, format.CompanionExtensions) || Has(name, format.Extensions));

    /// <summary>The format of a main file, by its name or, where that does not tell, by its first bytes; null when it is of none.</summary>
    internal IRecordingFormat? FormatOf(FileSource source, SourceFile file)
    {
        var named = _formats.Where(format => Has(file.Name, format.Extensions)).ToList();
        var trusted = named.FirstOrDefault(format => !format.NeedsSignature);
        if ((named.Count == 1 && trusted is not null) || _signatureBytes == 0) return trusted;
        var start = new byte[_signatureBytes];
        var got = source.ReadStart(file.Path, start);
        return (named.Count > 0 ? named : _formats).FirstOrDefault(format =>
            format.SignatureBytes > 0 && format.HasSignature(start.AsSpan(0, Math.Min(got, format.SignatureBytes)))) ?? trusted;
    }

    /// <summary>Whether a name has one of these extensions, in any case.</summary>
    internal static bool Has(string name, IReadOnlyList<string> extensions)
    {
        foreach (var extension in extensions)
        {
            if (name.EndsWith(extension, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static IEnumerable<string> AllExtensions(IRecordingFormat format) => format.Extensions.Concat(format.CompanionExtensions);

    private static string Join(IReadOnlyList<string> items, string last) =>
        items.Count == 1 ? items[0] : $"{string.Join(", ", items.SkipLast(1))}{last}{items[^1]}";

    private IRecordingFormat? Followable(string path) => _formats.FirstOrDefault(format => format.CanFollow && Has(path, format.Extensions));
}
