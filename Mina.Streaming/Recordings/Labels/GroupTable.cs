using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Recordings.Formats;
using Mina.Streaming.Recordings.Sources;

namespace Mina.Streaming.Recordings.Labels;

/// <summary>
/// The group (mostly a person) that each recording belongs to, by id: a csv of <c>id,group</c>. Recordings of one group share a split. Immutable.
/// </summary>
public sealed class GroupTable
{
    private static readonly string[] ValueNames = ["group", "subject", "subject_id", "patient", "patient_id", "person"];

    private readonly Dictionary<string, (string Value, string At)> _groups;

    private GroupTable(string source, Dictionary<string, (string Value, string At)> groups)
    {
        Source = source;
        _groups = groups;
    }

    /// <summary>The file that it was read from.</summary>
    public string Source { get; }

    /// <summary>Number of ids.</summary>
    public int Count => _groups.Count;

    /// <summary>Reads a group file.</summary>
    /// <exception cref="ProblemException">It cannot be read, has a bad line (named by number), or gives an id two groups.</exception>
    public static GroupTable Load(string path) => Parse(path, IdTable.TextOf(path, "group file"));

    /// <summary>Reads groups from text, as <see cref="Load"/> does.</summary>
    /// <exception cref="ProblemException">As <see cref="Load"/>.</exception>
    public static GroupTable Parse(string source, string text)
    {
        var groups = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        IdTable.Read(source, text, ValueNames, static (string cell, out string group) => (group = cell).Length > 0, "a name", RecordingFormats.All, groups);
        return new GroupTable(source, groups);
    }

    /// <summary><c>groups.csv</c> in the folder of the recordings, or in that of the zip or file; null when there is none.</summary>
    /// <exception cref="ProblemException">As <see cref="Load"/>, or there is nothing at this path.</exception>
    public static GroupTable? FindBeside(string path)
    {
        using var tree = new SourceTree(path, [], RecordingFormats.All);
        var file = Path.Combine(tree.LabelFolder, LabelFile.GroupsName);
        return !File.Exists(file) ? null : PlainFile.LooksEmpty(file) ? Parse(file, "") : Load(file);
    }

    /// <summary>The group of a recording; null when the table does not name it.</summary>
    public string? Find(string id) => _groups.TryGetValue(id, out var group) || _groups.TryGetValue(IdTable.NameIn(id), out group) ? group.Value : null;
}
