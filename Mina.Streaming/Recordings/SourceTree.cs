using Mina.Preprocess;

namespace Mina.Streaming.Recordings;

/// <summary>
/// A path the user gave, as sources of files: a folder (with the zips in it), one zip, or one recording's file.
/// </summary>
internal sealed class SourceTree : IDisposable
{
    private readonly Dictionary<string, (long Stamp, ZipSource Zip)> zips = new(StringComparer.Ordinal);
    private readonly List<ZipSource> replaced = [];
    private readonly FolderSource? folder;
    private readonly ZipSource? zip;
    private readonly string? only;
    private readonly HashSet<string> excluded;

    /// <exception cref="ProblemException">There is nothing at this path, or nothing that can be read.</exception>
    public SourceTree(string path, IEnumerable<string> exclude)
    {
        Path = path;
        excluded = [.. exclude.Select(System.IO.Path.GetFullPath)];
        if (Directory.Exists(path))
        {
            folder = new FolderSource(path);
            return;
        }

        if (!File.Exists(path)) throw new ProblemException($"{path} is not there: give a folder, a .zip, or a recording's .hea or .csv file");
        if (path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
        {
            zip = new ZipSource(path);
            return;
        }

        if (!new[] { ".hea", ".csv", ".mat", ".dat" }.Contains(System.IO.Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
            throw new ProblemException($"{path} is no recording: give a folder, a .zip, or a recording's .hea or .csv file");
        var parent = System.IO.Path.GetDirectoryName(path);
        folder = new FolderSource(string.IsNullOrEmpty(parent) ? "." : parent);
        only = System.IO.Path.GetFileName(path);
    }

    public string Path { get; }

    /// <summary>A folder, rather than one file.</summary>
    public bool IsFolder => folder is not null && only is null;

    /// <summary>The folder beside or in which label files may lie: the folder itself, or that of the file.</summary>
    public string LabelFolder => IsFolder ? Path : System.IO.Path.GetDirectoryName(Path) is { Length: > 0 } parent ? parent : ".";

    /// <summary>Label files inside (not those beside a zip or a single file).</summary>
    public IEnumerable<(FileSource Source, SourceFile File)> Labels()
    {
        if (only is not null) yield break;
        foreach (var (source, files) in Sources(out _))
        {
            foreach (var file in files.Where(f => LabelFile.VersionOf(f.Name) is not null)) yield return (source, file);
        }
    }

    /// <summary>All recordings, sorted by id, then by location (ordinal); afresh each time.</summary>
    /// <param name="settled">Whether a zip of the folder may be opened yet; null: all may.</param>
    public List<RecordingEntry> Entries(Func<string, SourceFile, bool>? settled = null)
    {
        var entries = new List<RecordingEntry>();
        var sources = Sources(out var unreadable, settled);
        foreach (var (source, files) in sources) AddEntries(source, files, entries);
        entries.AddRange(unreadable);
        entries.Sort(static (a, b) => string.CompareOrdinal(a.Id, b.Id) is var order and not 0 ? order : string.CompareOrdinal(a.Location, b.Location));
        return entries;
    }

    public void Dispose()
    {
        zip?.Dispose();
        foreach (var (_, inner) in zips.Values) inner.Dispose();
        foreach (var old in replaced) old.Dispose();
        zips.Clear();
    }

    /// <summary>Opens the zips of a folder, each once while it stays the same.</summary>
    private List<(FileSource Source, IReadOnlyList<SourceFile> Files)> Sources(
        out List<RecordingEntry> unreadable, Func<string, SourceFile, bool>? settled = null)
    {
        unreadable = [];
        if (zip is not null) return [(zip, zip.List())];
        var files = only is null ? folder!.List() : Single();
        var sources = new List<(FileSource, IReadOnlyList<SourceFile>)> { (folder!, files) };
        foreach (var file in files.Where(f => f.Has(".zip") && !IsExcluded(f)))
        {
            var location = folder!.LocationOf(file.Path);
            if (settled is not null && !settled(location, file)) continue;
            if (!zips.TryGetValue(location, out var open) || open.Stamp != file.Stamp)
            {
                try
                {
                    open = (file.Stamp, new ZipSource(location));
                    // what was opened before stays open for the entries that still point to it
                    if (zips.TryGetValue(location, out var old)) replaced.Add(old.Zip);
                    zips[location] = open;
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

    private IReadOnlyList<SourceFile> Single()
    {
        // a signal file stands for its header
        var name = only!;
        var header = System.IO.Path.ChangeExtension(name, ".hea");
        if (!name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) && folder!.Find(header) is { } found)
            return [found, .. new[] { ".mat", ".dat" }.Select(x => folder.Find(System.IO.Path.ChangeExtension(name, x))).OfType<SourceFile>()];
        return folder!.Find(name) is { } file ? [file] : [];
    }

    private void AddEntries(FileSource source, IReadOnlyList<SourceFile> files, List<RecordingEntry> entries)
    {
        var headers = files.Where(f => f.Has(".hea")).Select(f => f.Beside(f.Stem)).ToHashSet(StringComparer.Ordinal);
        var signalBytes = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var file in files.Where(f => f.Has(".mat") || f.Has(".dat")))
        {
            var key = file.Beside(file.Stem);
            signalBytes[key] = signalBytes.GetValueOrDefault(key) + file.Bytes;
        }

        foreach (var file in files)
        {
            if (file.Has(".hea"))
            {
                entries.Add(new WfdbEntry(source, file, signalBytes.GetValueOrDefault(file.Beside(file.Stem))));
            }
            else if (file.Has(".csv"))
            {
                var isRecording = only is not null || (LabelFile.VersionOf(file.Name) is null && !LabelFile.IsGroups(file.Name) && !IsExcluded(file));
                if (isRecording) entries.Add(new CsvEntry(source, file));
            }
            else if ((file.Has(".mat") || (file.Has(".dat") && only is not null)) && !headers.Contains(file.Beside(file.Stem)))
            {
                var location = source.LocationOf(file.Path);
                entries.Add(new FaultyEntry(file.Stem, location, file.Bytes, RejectionReason.UnreadableHeader, $"{location} has no header: put {file.Stem}.hea beside it"));
            }
        }
    }

    private bool IsExcluded(SourceFile file) => excluded.Count > 0 && excluded.Contains(System.IO.Path.GetFullPath(folder?.LocationOf(file.Path) ?? file.Path));
}
