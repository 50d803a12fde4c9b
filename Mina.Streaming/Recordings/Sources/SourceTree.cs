using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Recordings.Formats;
using Mina.Streaming.Recordings.Labels;

namespace Mina.Streaming.Recordings.Sources;

/// <summary>
/// A path that the user gave, as sources of files: a folder (with the zips in it), one zip, one recording's file, or a list of records.
/// </summary>
internal sealed class SourceTree : IDisposable
{
    // A .wfdb file is a zip of one record.
    private static readonly string[] ZipExtensions = [".zip", ".wfdb"];

    private readonly Dictionary<string, (long Stamp, ZipSource Zip)> _zips = new(StringComparer.Ordinal);
    private readonly List<ZipSource> _replaced = [];
    private readonly FolderSource? _folder;
    private readonly ZipSource? _zip;
    private readonly string? _only;
    private readonly RecordList? _list;
    private readonly HashSet<string> _excluded;
    private readonly RecordingFinder _finder;
    private readonly RecordingFormats _formats;

    /// <summary>Looks what is at a path.</summary>
    /// <param name="path">Folder, zip, or a recording's file.</param>
    /// <param name="exclude">Files that are no recordings.</param>
    /// <param name="formats">The formats that recordings may have.</param>
    /// <exception cref="ProblemException">There is nothing at this path, or nothing that can be read.</exception>
    public SourceTree(string path, IEnumerable<string> exclude, RecordingFormats formats)
    {
        Path = path;
        (_finder, _formats) = (new RecordingFinder(formats), formats);
        _excluded = [.. exclude.Select(System.IO.Path.GetFullPath)];
        if (Directory.Exists(path))
        {
            _folder = new FolderSource(path);
            return;
        }

        // WFDB's programs name a record by its header without the extension.
        if (!File.Exists(path) && formats.MainFileNamed(path) is { } main) path = main;
        if (!File.Exists(path)) throw new ProblemException($"{path} is not there: give a folder, a .zip, or a recording's {formats.MainExtensions()} file");
        if (RecordingFormats.Has(path, ZipExtensions))
        {
            _zip = new ZipSource(path);
            return;
        }

        var parent = System.IO.Path.GetDirectoryName(path);
        _folder = new FolderSource(string.IsNullOrEmpty(parent) ? "." : parent);
        if (RecordList.IsNamed(path))
        {
            _list = RecordList.Read(path);
            return;
        }

        _only = System.IO.Path.GetFileName(path);
        if (!formats.Knows(path) && (_folder.Find(_only) is not { } file || formats.FormatOf(_folder, file) is null))
            throw new ProblemException($"{path} is no recording: give a folder, a .zip, or a recording's {formats.MainExtensions()} file");
    }

    /// <summary>The path, as it was given.</summary>
    public string Path { get; }

    /// <summary>Whether the path is a folder, rather than one file.</summary>
    public bool IsFolder => _folder is not null && _only is null && _list is null;

    /// <summary>The folder beside or in which label files may lie: the folder itself, or that of the file.</summary>
    public string LabelFolder => IsFolder ? Path : System.IO.Path.GetDirectoryName(Path) is { Length: > 0 } parent ? parent : ".";

    /// <summary>Label files in the folder or zip (not those beside a zip or a single file).</summary>
    public IEnumerable<(FileSource Source, SourceFile File)> Labels()
    {
        if (_only is not null || _list is not null) yield break;
        foreach (var (source, files) in Sources(out _))
        {
            foreach (var file in files.Where(f => LabelFile.VersionOf(f.Name) is not null)) yield return (source, file);
        }
    }

    /// <summary>All recordings, sorted by id, then by location (ordinal); the files are listed each time.</summary>
    /// <param name="settled">Whether a zip of the folder may be opened yet; null: all may.</param>
    public List<RecordingEntry> Entries(Func<string, SourceFile, bool>? settled = null)
    {
        if (_list is not null) return _list.Entries(_folder!, _finder, _formats);
        var entries = new List<RecordingEntry>();
        var sources = Sources(out var unreadable, settled);
        foreach (var (source, files) in sources)
            entries.AddRange(_finder.Find(source, Candidates(files), named: _only is not null));
        entries.AddRange(unreadable);
        entries.Sort(static (a, b) => string.CompareOrdinal(a.Id, b.Id) is var order and not 0 ? order : string.CompareOrdinal(a.Location, b.Location));
        return entries;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _zip?.Dispose();
        foreach (var (_, inner) in _zips.Values) inner.Dispose();
        foreach (var old in _replaced) old.Dispose();
        _zips.Clear();
    }

    /// <summary>Opens the zips of a folder, each once while it stays the same.</summary>
    private List<(FileSource Source, IReadOnlyList<SourceFile> Files)> Sources(
        out List<RecordingEntry> unreadable, Func<string, SourceFile, bool>? settled = null)
    {
        unreadable = [];
        if (_zip is not null) return [(_zip, _zip.List())];
        var files = _only is null ? _folder!.List() : _finder.FilesOf(_folder!, _only);
        var sources = new List<(FileSource, IReadOnlyList<SourceFile>)> { (_folder!, files) };
        foreach (var file in files.Where(f => RecordingFormats.Has(f.Name, ZipExtensions) && !IsExcluded(f)))
        {
            var location = _folder!.LocationOf(file.Path);
            if (settled is not null && !settled(location, file)) continue;
            if (!PlainText.IsPlain(file.Path))
            {
                unreadable.Add(new FaultyEntry(
                    file.Stem, location, file.Bytes, RejectionReason.UnreadableSignal, $"{location} has control characters in its name: rename it"));
                continue;
            }

            if (!_zips.TryGetValue(location, out var open) || open.Stamp != file.Stamp)
            {
                try
                {
                    open = (file.Stamp, new ZipSource(location));
                    // The zip that was opened before stays open for the entries that still point to it.
                    if (_zips.TryGetValue(location, out var old)) _replaced.Add(old.Zip);
                    _zips[location] = open;
                }
                catch (ProblemException e)
                {
                    unreadable.Add(new FaultyEntry(file.Stem, location, file.Bytes, RejectionReason.UnreadableSignal, e.Message));
                    continue;
                }
            }

            sources.Add((open.Zip, open.Zip.List()));
        }

        return sources;
    }

    /// <summary>The files that may be recordings': neither labels nor groups, nor what the user excluded. A file that the user named may be.</summary>
    private IReadOnlyList<SourceFile> Candidates(IReadOnlyList<SourceFile> files) => _only is not null ? files
        : [.. files.Where(f =>
            LabelFile.VersionOf(f.Name) is null && !LabelFile.IsGroups(f.Name) && !RecordingFormats.Has(f.Name, ZipExtensions) && !IsExcluded(f))];

    private bool IsExcluded(SourceFile file) =>
        _excluded.Count > 0 && _excluded.Contains(System.IO.Path.GetFullPath(_folder?.LocationOf(file.Path) ?? file.Path));
}
