using Mina.Preprocess;

namespace Mina.Streaming.Recordings.Formats.Wfdb;

/// <summary>A record's annotations and what its header says, where there is one beside them.</summary>
/// <param name="Id">The file's name without extension: the record's name.</param>
/// <param name="Location">The annotation file, for messages.</param>
/// <param name="Annotations">In order of time.</param>
/// <param name="Fs">Ticks a second in Hz, as the file itself or else the header says; null: neither does.</param>
/// <param name="Seconds">Length of the record; null where no header says it.</param>
/// <param name="Comments">The header's comments, without the #.</param>
/// <param name="Bytes">The annotation file as it is.</param>
public sealed record WfdbAnnotationFile(
    string Id,
    string Location,
    IReadOnlyList<WfdbAnnotation> Annotations,
    double? Fs,
    double? Seconds,
    IReadOnlyList<string> Comments,
    byte[] Bytes);

/// <summary>
/// The annotation files of one annotator (WFDB's word for who made them, and the files' extension) in a folder and its subfolders, or one such
/// file. No signals are needed.
/// </summary>
public sealed class WfdbAnnotationFolder
{
    private readonly string _root;
    private readonly SortedDictionary<string, string> _files = new(StringComparer.Ordinal);

    private WfdbAnnotationFolder(string root) => _root = root;

    /// <summary>The records' names: paths from the folder on without extension, in ordinal order.</summary>
    public IReadOnlyCollection<string> Names => _files.Keys;

    /// <summary>Lists what is there.</summary>
    /// <param name="path">A folder, an annotation file, or a header (<c>.hea</c>) with annotations beside it.</param>
    /// <param name="annotator">The extension, such as <c>atr</c>; a file that is given as such needs none.</param>
    /// <exception cref="ProblemException">There are no such annotations.</exception>
    public static WfdbAnnotationFolder Open(string path, string annotator)
    {
        var full = Path.GetFullPath(path);
        var isFile = File.Exists(full);
        if (isFile && Path.GetExtension(full) == ".hea")
            full = Path.ChangeExtension(full, annotator);
        if (isFile ? !File.Exists(full) : !Directory.Exists(full))
            throw new ProblemException($"{(isFile ? full : path)} is not there: give a folder of WFDB annotation files or one such file.");
        var folder = new WfdbAnnotationFolder(isFile ? Path.GetDirectoryName(full)! : full);
        var files = isFile ? [full] : Guarded(full, () => Directory.GetFiles(full, $"*.{annotator}", SearchOption.AllDirectories));
        foreach (var file in files)
            folder._files[Path.ChangeExtension(Path.GetRelativePath(folder._root, file), null).Replace('\\', '/')] = file;
        return folder._files.Count > 0
            ? folder
            : throw new ProblemException($"{path} holds no annotations of the annotator '{annotator}' (files with that extension).");
    }

    /// <summary>The record of that name, or else the only one whose file has the same name in any subfolder; null: there is none.</summary>
    /// <param name="name">As in <see cref="Names"/>, mostly of another folder.</param>
    public string? Find(string name)
    {
        if (_files.ContainsKey(name)) return name;
        var last = Path.GetFileName(name);
        var alike = _files.Keys.Where(own => Path.GetFileName(own) == last).Take(2).ToArray();
        return alike.Length == 1 ? alike[0] : null;
    }

    /// <summary>Reads one of them.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ProblemException">It cannot be read.</exception>
    public WfdbAnnotationFile Read(string name)
    {
        var file = _files[name];
        var bytes = Guarded(file, () => File.ReadAllBytes(file));
        var annotations = WfdbAnnotations.Decode(bytes);
        var header = Path.ChangeExtension(file, ".hea");
        var text = File.Exists(header) ? Guarded(header, () => File.ReadAllText(header)) : null;
        (double Fs, long? Length)? extent = text is null
            ? null
            : WfdbHeader.ExtentOf(text) ?? throw new ProblemException($"{header} is not a usable WFDB header: it has no record line.");
        return new WfdbAnnotationFile(
            Path.GetFileName(name),
            file,
            annotations,
            WfdbAnnotations.ResolutionOf(annotations) ?? extent?.Fs,
            extent is { Length: { } length } ? length / extent.Value.Fs : null,
            [.. (text ?? "").Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith('#')).Select(line => line.TrimStart('#').Trim())],
            bytes);
    }

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
