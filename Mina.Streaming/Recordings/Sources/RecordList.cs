using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Recordings.Formats;

namespace Mina.Streaming.Recordings.Sources;

/// <summary>
/// A list of records as PhysioNet writes it: a file <c>RECORDS</c> (or <c>RECORDS-normal</c>) with a record's name a line, which may lead into
/// folders (<c>a/b/100</c>); a line that ends with <c>/</c> is a folder with a list of its own, or whose recordings all belong to it.
/// </summary>
internal sealed class RecordList
{
    private const string Name = "RECORDS";
    private const long MaxBytes = 16L << 20;
    private const int MaxLists = 10_000;

    private readonly string _location;
    private readonly List<(string Record, string List, int Line)> _records = [];

    private RecordList(string location) => _location = location;

    /// <summary>Whether a path is named as a list of records is.</summary>
    public static bool IsNamed(string path)
    {
        var name = Path.GetFileName(path);
        return name.Equals(Name, StringComparison.OrdinalIgnoreCase)
            || (name.StartsWith(Name + "-", StringComparison.OrdinalIgnoreCase) && Path.GetExtension(name) is "" or ".txt");
    }

    /// <summary>Reads a list, and the lists of the folders that it names.</summary>
    /// <exception cref="ProblemException">It cannot be read, or holds no names.</exception>
    public static RecordList Read(string path)
    {
        var list = new RecordList(path);
        var folders = new Queue<(string List, string Folder)>([(path, "")]);
        for (var read = 0; folders.TryDequeue(out var next); read++)
        {
            if (read == MaxLists) throw new ProblemException($"{path} names more than {MaxLists} folders with lists: name one of these lists");
            list.Add(next.List, next.Folder, folders);
        }

        return list._records.Count > 0 ? list : throw new ProblemException($"{path} names no record: it should have the name of one in each line");
    }

    /// <summary>The recordings of the list; one that is not there says so when it is read.</summary>
    /// <param name="source">The folder that the list lies in.</param>
    /// <param name="finder">Finds a recording's files.</param>
    /// <param name="formats">The formats that recordings may have.</param>
    public List<RecordingEntry> Entries(FileSource source, RecordingFinder finder, RecordingFormats formats)
    {
        var entries = new Dictionary<string, RecordingEntry>(StringComparer.Ordinal);
        foreach (var (record, list, line) in _records)
        {
            foreach (var entry in Find(record, list, line, source, finder, formats)) entries.TryAdd(entry.Location, entry);
        }

        return [.. entries.Values.OrderBy(entry => entry.Id, StringComparer.Ordinal).ThenBy(entry => entry.Location, StringComparer.Ordinal)];
    }

    private static IEnumerable<RecordingEntry> Find(
        string record, string list, int line, FileSource source, RecordingFinder finder, RecordingFormats formats)
    {
        if (record.EndsWith('/'))
        {
            var inside = source.List().Where(file => file.Path.StartsWith(record, StringComparison.Ordinal)).ToList();
            var found = finder.Find(source, inside, named: false).ToList();
            return found.Count > 0 ? found : [Missing("the folder")];
        }

        var main = formats.Formats.SelectMany(format => format.Extensions)
            .SelectMany(extension => new[] { record + extension, record + extension.ToUpperInvariant() })
            .Prepend(record)
            .FirstOrDefault(path => source.Find(path) is not null);
        return main is null ? [Missing("the record")] : finder.Find(source, finder.FilesOf(source, main), named: true);

        FaultyEntry Missing(string what) => new(
            Path.GetFileName(record.TrimEnd('/')),
            source.LocationOf(record),
            0,
            RejectionReason.UnreadableHeader,
            $"{list} names in line {line} {what} '{Quote.Short(record)}', which is not there: get it, or take the line out");
    }

    private void Add(string list, string folder, Queue<(string List, string Folder)> folders)
    {
        string text;
        try
        {
            text = PlainFile.ReadAllText(list, MaxBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"{list} cannot be read ({e.Message.TrimEnd('.')}): check its permissions", e);
        }

        var number = 0;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var name = raw.Trim().TrimStart('\uFEFF');
            if (name.Length == 0 || name[0] == '#') continue;
            if (!RelativeName.IsInside(name.TrimEnd('/')))
                throw new ProblemException($"{list} has '{Quote.Short(name)}' in line {number}, where the name of a record below its folder should be");
            var path = folder + name;
            var inner = Path.Combine(Path.GetDirectoryName(_location) ?? "", path, Name);
            if (name.EndsWith('/') && File.Exists(inner)) folders.Enqueue((inner, path));
            else _records.Add((path, list, number));
        }
    }
}
