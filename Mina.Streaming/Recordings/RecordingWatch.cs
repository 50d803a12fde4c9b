using Mina.Preprocess;

namespace Mina.Streaming.Recordings;

/// <summary>
/// Lists a folder again and again, for <c>ingest --watch</c>: each <see cref="Poll"/> gives what is new and complete. No clock of its own: the
/// caller says when to look.
/// </summary>
/// <remarks>
/// A WFDB record is complete when its header and all signal files are there and as large as the header says. What does not tell its size
/// (CSV, a header without length, a zip) is complete when it did not change from one poll to the next. What stays incomplete and
/// unchanged for <c>patience</c> polls is given too, so that it gets rejected by name rather than waited for forever.
/// A recording is given once, whatever happens to its files later.
/// </remarks>
public sealed class RecordingWatch : IDisposable
{
    private readonly SourceTree tree;
    private readonly int patience;
    private readonly HashSet<string> given = new(StringComparer.Ordinal);
    private Dictionary<string, (long Stamp, int Unchanged)> pending = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> zips = new(StringComparer.Ordinal);

    /// <summary>Watches a folder, which may be empty yet.</summary>
    /// <param name="path">The folder (or a file, which is then given once).</param>
    /// <param name="exclude">Files that are no recordings.</param>
    /// <param name="patience">Polls to wait for what a recording lacks, &gt;= 1.</param>
    /// <exception cref="ProblemException">There is nothing at this path.</exception>
    public RecordingWatch(string path, IEnumerable<string>? exclude = null, int patience = 5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(patience, 1);
        tree = new SourceTree(path, exclude ?? []);
        this.patience = patience;
    }

    /// <summary>Recordings found but not complete yet, after the last poll.</summary>
    public int Waiting => pending.Count;

    /// <summary>What is new and complete since the last poll, sorted by id, then location.</summary>
    public IReadOnlyList<RecordingEntry> Poll()
    {
        var ready = new List<RecordingEntry>();
        var still = new Dictionary<string, (long, int)>(StringComparer.Ordinal);
        List<RecordingEntry> entries;
        try
        {
            entries = tree.Entries(IsSettled);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // the folder changed while it was listed, or is away for a moment: next time
        }

        foreach (var entry in entries)
        {
            if (given.Contains(entry.Location)) continue;
            if (entry is not FileEntry file || IsReady(file, still)) ready.Add(entry);
        }

        pending = still;
        foreach (var entry in ready) given.Add(entry.Location);
        return ready;
    }

    /// <summary>The labels that lie with the recordings now; null when there are none.</summary>
    /// <exception cref="ProblemException">The label file has a bad line.</exception>
    public LabelTable? FindLabels() => LabelTable.In(tree);

    /// <inheritdoc/>
    public void Dispose() => tree.Dispose();

    private bool IsReady(FileEntry entry, Dictionary<string, (long Stamp, int Unchanged)> still)
    {
        var complete = entry.IsComplete();
        if (complete == true) return true;
        var stamp = entry.Stamp();
        var unchanged = pending.TryGetValue(entry.Location, out var before) && before.Stamp == stamp ? before.Unchanged + 1 : 0;
        if (unchanged >= (complete is null ? 1 : patience)) return true;
        still[entry.Location] = (stamp, unchanged);
        return false;
    }

    private bool IsSettled(string location, SourceFile zip)
    {
        var stamp = HashCode.Combine(zip.Bytes, zip.Stamp);
        var same = zips.TryGetValue(location, out var before) && before == stamp;
        zips[location] = stamp;
        return same;
    }
}
