using Mina.Preprocess;

namespace Mina.Streaming.Recordings;

/// <summary>
/// The recordings at a path: a folder with its subfolders and the zips in them, one <c>.zip</c>, or one recording (<c>.hea</c>, <c>.csv</c>).
/// Holds file names and sizes alone; entries read when asked to, from any thread, until this is disposed.
/// </summary>
public sealed class RecordingFolder : IDisposable
{
    private readonly SourceTree tree;

    private RecordingFolder(SourceTree tree, IReadOnlyList<RecordingEntry> entries)
    {
        this.tree = tree;
        Entries = entries;
    }

    /// <summary>The path that was opened.</summary>
    public string Path => tree.Path;

    /// <summary>
    /// At least one, sorted by id, then location (ordinal), so that the order is the same on every machine. Ids may repeat: the same name
    /// in two subfolders. A <c>.mat</c> without header and a broken zip are entries too, which say so when they are read.
    /// </summary>
    public IReadOnlyList<RecordingEntry> Entries { get; }

    /// <summary>Bytes of all entries.</summary>
    public long Bytes => Entries.Sum(e => e.Bytes);

    /// <summary>Lists what is there.</summary>
    /// <param name="path">Folder, zip, or a recording's file.</param>
    /// <param name="exclude">Files that are no recordings: label and group files with names of their own.</param>
    /// <exception cref="ProblemException">There is nothing at this path, or no recording in it.</exception>
    public static RecordingFolder Open(string path, IEnumerable<string>? exclude = null)
    {
        var tree = new SourceTree(path, exclude ?? []);
        try
        {
            var entries = tree.Entries();
            if (entries.Count > 0) return new RecordingFolder(tree, entries);
            throw new ProblemException($"{path} holds no recordings: it should hold WFDB files (.hea with .mat or .dat), .csv files, or a .zip of them");
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

    /// <summary>The labels that lie with these recordings; null when there are none.</summary>
    /// <exception cref="ProblemException">The label file has a bad line.</exception>
    public LabelTable? FindLabels() => LabelTable.In(tree);

    /// <inheritdoc/>
    public void Dispose() => tree.Dispose();
}
