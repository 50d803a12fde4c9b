using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats;
using Mina.Streaming.Recordings.Labels;
using Mina.Streaming.Recordings.Sources;

namespace Mina.Streaming.Recordings;

/// <summary>
/// The recordings at a path: a folder with its subfolders and the zips in them, one <c>.zip</c>, or one recording's file.
/// It holds file names and sizes only; entries read when asked to, from any thread, until this is disposed.
/// </summary>
public sealed class RecordingFolder : IDisposable
{
    private readonly SourceTree _tree;
    private readonly RecordingFormats _formats;

    private RecordingFolder(SourceTree tree, RecordingFormats formats, IReadOnlyList<RecordingEntry> entries)
    {
        (_tree, _formats) = (tree, formats);
        Entries = entries;
    }

    /// <summary>The path that was opened.</summary>
    public string Path => _tree.Path;

    /// <summary>
    /// At least one, sorted by id, then location (ordinal), so that the order is the same on every machine. Where a name
    /// repeats in subfolders, ids are paths (<see cref="RecordingEntry.Id"/>); they repeat only across zips and formats. A
    /// signal file without its header and a broken zip are entries too, which say so when they are read.
    /// </summary>
    public IReadOnlyList<RecordingEntry> Entries { get; }

    /// <summary>Bytes of all entries.</summary>
    public long Bytes => Entries.Aggregate(0L, (sum, entry) => sum > long.MaxValue - entry.Bytes ? long.MaxValue : sum + entry.Bytes);

    /// <summary>Lists what is there.</summary>
    /// <param name="path">Folder, zip, or a recording's file.</param>
    /// <param name="exclude">Files that are no recordings: label and group files with names of their own.</param>
    /// <param name="formats">The formats that recordings may have; null: <see cref="RecordingFormats.All"/>.</param>
    /// <exception cref="ProblemException">There is nothing at this path, or no recording in it.</exception>
    public static RecordingFolder Open(string path, IEnumerable<string>? exclude = null, RecordingFormats? formats = null)
    {
        formats ??= RecordingFormats.All;
        var tree = new SourceTree(path, exclude ?? [], formats);
        try
        {
            var entries = Distinct(tree.Entries());
            if (entries.Count > 0) return new RecordingFolder(tree, formats, entries);
            throw new ProblemException($"{path} holds no recordings: it should hold {formats.Files}, or a .zip of them");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            tree.Dispose();
            throw new ProblemException($"{path} cannot be read ({e.Message.TrimEnd('.')}): check its permissions", e);
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    private static List<RecordingEntry> Distinct(List<RecordingEntry> entries)
    {
        var repeated = entries.CountBy(entry => entry.Id, StringComparer.Ordinal)
            .Where(id => id.Value > 1).Select(id => id.Key).ToHashSet(StringComparer.Ordinal);
        if (repeated.Count == 0) return entries;
        return [.. entries
            .Select(entry => repeated.Contains(entry.Id) ? entry.ByPath() : entry)
            .OrderBy(entry => entry.Id, StringComparer.Ordinal).ThenBy(entry => entry.Location, StringComparer.Ordinal)];
    }

    /// <summary>The labels that lie with these recordings; null when there are none.</summary>
    /// <exception cref="ProblemException">The label file has a bad line.</exception>
    public LabelTable? FindLabels() => LabelTable.FindIn(_tree, _formats);

    /// <inheritdoc/>
    public void Dispose() => _tree.Dispose();
}
